"""What the first page of an empty program is sent."""

CODE = "AB12-CD34-EF56-7890"
FIRST = {
    "code": "ab12 cd34 ef56 7890",
    "brand": "Harbor",
    "sender": "Notices",
    "time_zone": "America/Chicago",
    "languages": ["en"],
    "admin_name": "Robin Ames",
    "admin_email": "Robin@harbor.example",
    "director_name": "Pat Dunn",
    "director_email": "pat@harbor.example",
}
