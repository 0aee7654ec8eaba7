"""Patient education: the pages people read before and while they ask, and the check "Is it time?".

The words live in files (`articles/`, `about/`, `passages/`) and are loaded into rows by `load_articles`.
This house knows nothing of cases: it never imports `referrals`, and `referrals` never imports it.
"""
