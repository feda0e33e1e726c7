"""The offline door: a list and a meeting's participant rows as files in, decisions as a file out, without a database."""
