"""For containers: the roles and the database, where there are none. SUPERUSER_URL and three passwords say how."""

import os

import psycopg2

from mlmc.core.postgres.roles import APP, GUARD, KEEPER, OWNER, create_database, create_roles, hand_over_schema

DATABASE = "mlmc"


def main():
    with superuser("postgres") as cursor:
        cursor.execute("select exists (select from pg_database where datname = %s)", [DATABASE])
        if cursor.fetchone()[0]:
            return
        for role in (OWNER, APP, KEEPER, GUARD):
            cursor.execute(f"drop role if exists {role}")
        names = {OWNER: "OWNER_PASSWORD", APP: "APP_PASSWORD", KEEPER: "KEEPER_PASSWORD"}
        create_roles(cursor, passwords={role: os.environ[name] for role, name in names.items()})
        create_database(cursor, DATABASE, template="template0")
    with superuser(DATABASE) as cursor:
        hand_over_schema(cursor)


def superuser(database):
    link = psycopg2.connect(os.environ["SUPERUSER_URL"], dbname=database)
    link.autocommit = True
    return link.cursor()


if __name__ == "__main__":
    main()
