"""What lasts: the database and the picture files. Sole user of SQLAlchemy; returns frozen records, never rows."""
