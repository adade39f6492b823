//! Two ends of a connection.
