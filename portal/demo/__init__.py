"""`make demo`: the whole portal on one machine, with a made-up clinic, from one command.

`__main__` is the order of things, `supervisor` keeps the processes, `mail` catches what is sent,
`views` shows it. Nothing here runs in production.
"""
