"""Requests as the services read them: proto3 JSON, checked against the API's own description."""
