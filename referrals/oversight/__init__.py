"""Who works here: the lead invites people, names what they do, and ends it. Patients sign up themselves."""
