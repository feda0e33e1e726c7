"""The Tencent Meeting open platform as seen from its wire: REST calls, OAuth and webhooks, without Django."""
