"""What the cloud backends share, at the vendor's border: calls, credentials, storage, places, prices, packages."""
