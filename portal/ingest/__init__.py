"""A CSV file and its Table Schema in, a typed Parquet table and a Report out; knows no database."""
