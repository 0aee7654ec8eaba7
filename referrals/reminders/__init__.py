"""The reminders room: sends what the ledger plans, and shows it.

What is due is decided in `rules.catalogue`; here is how it goes out. `posting` claims rows and talks to the mail
server, `checks` asks once more just before a mail goes whether it still should, `words` and `mails` say it,
`actions` holds the two engines and what people do (skip, snooze, stop), `tasks` wakes the engines up.
"""
