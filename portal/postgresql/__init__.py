"""A database engine: PostgreSQL as Django knows it, over a pool that gets past dead connections."""
