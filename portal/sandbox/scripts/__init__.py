"""Scripts of the five scenarios: who is invited, who comes, and in which way they behave."""
