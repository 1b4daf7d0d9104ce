"""MySQL and MariaDB as a pull reads them."""
