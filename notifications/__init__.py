"""Letters and emails to schools: what each letter must be told, how it is written, set and handed over.

The wording is not here: it lives in `templates/`, one folder a letter. When a letter is due, who may approve
it and what has been sent are not here either: that is `casework`. Nothing here reads a clock or a database.
"""
