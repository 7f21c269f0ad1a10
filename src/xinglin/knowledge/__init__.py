"""What traditional Chinese medicine knows, as data with its sources, and pure rules over it.

Every part keeps its data beside its code, one folder per edition of the rules (``data/<edition>/``), with a README that
says where the data came from and what it does not cover. Nothing here knows of databases or the web.
"""
