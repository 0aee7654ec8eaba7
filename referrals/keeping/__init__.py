"""The room that says how long records are kept, and deletes them.

The night (`tasks`) gives every record of an ended request its last day (`rules.retention`), warns by P22, and
deletes what is over, each with a certificate. A lead may stop it (legal hold), or delete a single record before
its time; a patient may ask to keep theirs longer.
"""
