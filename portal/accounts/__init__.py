"""How people come in: sign-up for patients, sign-in for everybody, and what the audit log keeps of it."""
