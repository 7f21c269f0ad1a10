"""A backup is one zip file that holds every row in a form no database owns.

    manifest.json            what there is: tables with columns, rows and checksums; files; migrations; audit head
    tables/<table>.jsonl     one row a line, a JSON list in the order of the manifest's columns
    files/…, facts/…, …      files of the home folder
    keys.sealed              the keys under a passphrase, if one was given

The same rows give the same lines on SQLite and on PostgreSQL, so a backup of one restores into the other, and the
checksums of a restored database can be compared with those of the original. Encrypted fields stay encrypted.
"""
