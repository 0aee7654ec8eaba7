"""Pages that join rooms: each role's home, the patient's case, the staff case page. May use the rooms' queries."""
