"""How the house answers a browser: pages, templating, assets, compression, headers, error pages."""
