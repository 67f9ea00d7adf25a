"""What every room stands on: values, errors, settings, the database session. Imports nothing of ours."""
