"""Web pages: read as documents, fetched, or taken from archives."""
