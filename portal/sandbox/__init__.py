"""A stand-in for the meeting platform over real HTTP, for development, demonstration and tests."""
