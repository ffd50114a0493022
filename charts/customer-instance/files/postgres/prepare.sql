-- What prepare.sh runs as the superuser, each time: every statement must be harmless where it has run before. Within a statement
-- there is no empty line (postgres --single -j). Passwords arrive as settings, and go into format(%L) or a function, never into a text.

DO $$
DECLARE
  owner oid := (SELECT nspowner FROM pg_namespace WHERE nspname = 'mqtt');
BEGIN
  -- Whoever owned it could give its tables triggers, which would run here as the superuser.
  IF owner <> (SELECT oid FROM pg_roles WHERE rolname = current_user) THEN
    RAISE EXCEPTION 'the schema "mqtt" of this database belongs to another user: rename it, the chart needs the name';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mosquitto') THEN
    CREATE ROLE mosquitto;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'postgres_exporter') THEN
    CREATE ROLE postgres_exporter;
  END IF;
  EXECUTE format('ALTER ROLE mosquitto LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 20 PASSWORD %L', current_setting('tenantry.broker_password'));
  EXECUTE format('ALTER ROLE postgres_exporter LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5 PASSWORD %L', current_setting('tenantry.metrics_password'));
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO mosquitto, postgres_exporter', current_database());
END $$;

GRANT pg_monitor TO postgres_exporter;

CREATE SCHEMA IF NOT EXISTS mqtt;

-- The hash is PBKDF2$sha512$rounds$salt$hash, salt and hash in base64, as mosquitto-go-auth reads it. The name has no wildcard of MQTT,
-- because %u in a topic stands for it.
CREATE TABLE IF NOT EXISTS mqtt.users (
  username text PRIMARY KEY CHECK (username ~ '^[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}$'),
  password_hash text NOT NULL CHECK (password_hash ~ '^PBKDF2[$]sha512[$][0-9]+[$][A-Za-z0-9+/=]+[$][A-Za-z0-9+/=]+$'),
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- What a user may do with the topics of a filter: 1 receive, 2 publish, 4 subscribe, added up. %u stands for the user's name. %c would
-- stand for whatever the client calls itself, so it is refused.
CREATE TABLE IF NOT EXISTS mqtt.acls (
  username text NOT NULL REFERENCES mqtt.users ON UPDATE CASCADE ON DELETE CASCADE,
  topic text NOT NULL CHECK (topic <> '' AND strpos(topic, '%c') = 0),
  access integer NOT NULL CHECK (access BETWEEN 1 AND 7),
  PRIMARY KEY (username, topic)
);

GRANT USAGE ON SCHEMA mqtt TO mosquitto;

GRANT SELECT ON mqtt.users, mqtt.acls TO mosquitto;

DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA mqtt TO %I', current_setting('tenantry.app_user'));
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON mqtt.users, mqtt.acls TO %I', current_setting('tenantry.app_user'));
END $$;

-- PBKDF2 with HMAC-SHA-512 and a hash of one block, RFC 8018. PostgreSQL has the hash function and not this.
CREATE FUNCTION pg_temp.password_hash(password text, rounds integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  -- Twelve bytes, which mosquitto's own password files have too.
  salt bytea := substring(decode(replace(gen_random_uuid()::text, '-', ''), 'hex') FROM 1 FOR 12);
  key bytea := convert_to(password, 'UTF8');
  inner_pad bytea := decode(repeat('36', 128), 'hex');
  outer_pad bytea := decode(repeat('5c', 128), 'hex');
  block bytea;
  total bit(512);
  hex text := '';
BEGIN
  IF length(key) > 128 THEN
    key := sha512(key);
  END IF;
  FOR i IN 0 .. length(key) - 1 LOOP
    inner_pad := set_byte(inner_pad, i, get_byte(key, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(key, i) # 92);
  END LOOP;
  block := sha512(outer_pad || sha512(inner_pad || salt || decode('00000001', 'hex')));
  total := ('x' || encode(block, 'hex'))::bit(512);
  FOR i IN 2 .. rounds LOOP
    block := sha512(outer_pad || sha512(inner_pad || block));
    total := total # ('x' || encode(block, 'hex'))::bit(512);
  END LOOP;
  FOR i IN 0 .. 7 LOOP
    hex := hex || lpad(to_hex(substring(total FROM i * 64 + 1 FOR 64)::bit(64)::bigint), 16, '0');
  END LOOP;
  RETURN format('PBKDF2$sha512$%s$%s$%s', rounds, encode(salt, 'base64'), replace(encode(decode(hex, 'hex'), 'base64'), chr(10), ''));
END $$;

-- The chart's own users. Their passwords are long and random, so few rounds do.
INSERT INTO mqtt.users (username, password_hash) VALUES
  ('api', pg_temp.password_hash(current_setting('tenantry.mqtt_api_password'), 1000)),
  ('exporter', pg_temp.password_hash(current_setting('tenantry.mqtt_exporter_password'), 1000))
  ON CONFLICT (username) DO UPDATE SET password_hash = excluded.password_hash, enabled = true;

INSERT INTO mqtt.acls (username, topic, access) VALUES
  ('api', '#', 7),
  ('exporter', '$SYS/#', 5)
  ON CONFLICT (username, topic) DO UPDATE SET access = excluded.access;
