"""The only place that imports a vendor: data and errors are translated here, both ways."""
