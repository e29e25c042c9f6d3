"""Files and messages of the evidence log, as C2SP and RFC 6962 say; plain Python. 存证格式。

Nothing here knows Django or a database: the witness is made of it, too.
"""
