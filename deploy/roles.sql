-- One role a process: run once by the owner, in an empty database, before `concierge migrate`.
-- The owner makes and changes tables and starts nothing else. The passwords are for demonstrations; give others with
-- ALTER ROLE … PASSWORD.
CREATE ROLE concierge_web LOGIN PASSWORD 'demo-web-password';
CREATE ROLE concierge_worker LOGIN PASSWORD 'demo-worker-password';
CREATE ROLE concierge_rasa LOGIN PASSWORD 'demo-rasa-password';

-- Rasa has a schema of its own, and nothing of ours.
CREATE SCHEMA rasa AUTHORIZATION concierge_rasa;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE USAGE ON SCHEMA public FROM concierge_rasa;

-- Rows of what the owner makes from now on, in every city's schema; no table, and no TRUNCATE.
GRANT USAGE ON SCHEMA public TO concierge_web, concierge_worker;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO concierge_web, concierge_worker;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO concierge_web, concierge_worker;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO concierge_web, concierge_worker;
