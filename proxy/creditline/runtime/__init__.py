"""The one place that runs proxy, server and recorder together, on one event loop."""
