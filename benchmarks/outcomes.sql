-- A practice of many patients and about ten scores for each, the same for one seed. Bookings are not what is measured, so
-- the bench's own database does without the constraints that keep them from overlapping.
ALTER TABLE plans_visit DROP CONSTRAINT IF EXISTS clinicians_are_not_double_booked,
  DROP CONSTRAINT IF EXISTS chairs_are_not_double_booked, DROP CONSTRAINT IF EXISTS patients_are_not_double_booked;
DROP INDEX IF EXISTS standing_visits_in_time;
CREATE FUNCTION bench_id(kind int, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (lpad(to_hex(26411008 + kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid
$$;
CREATE FUNCTION bench_draw(n bigint, what bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (hashint8extended(n * 1000 + what, {seed}) & 16777215) / 16777216.0
$$;
INSERT INTO people_site (id, name, address, state, timezone)
SELECT bench_id(1, s), 'Clinic ' || lpad(s::text, 3, '0'), '', 'CA', 'America/Los_Angeles' FROM generate_series(1, {sites}) s;
INSERT INTO people_user (id, email, password, is_active, joined_at)
SELECT bench_id(3, s), 'staff' || s || '@example.org', '', true, {today}::date
FROM generate_series(1, {sites} * 5) s;
INSERT INTO people_staffmember (id, user_id, name, roles) SELECT bench_id(2, s), bench_id(3, s), 'Prescriber ' || s, ARRAY['prescriber']
FROM generate_series(1, {sites} * 5) s;
CREATE UNLOGGED TABLE bench_person AS
SELECT n, 1 + (n % {sites})::int AS site, (n % {sites}) * 5 + 1 + floor(5 * bench_draw(n, 1))::int AS prescriber,
  {today}::date - 20 - floor(1100 * bench_draw(n, 2))::int AS first_on, bench_draw(n, 3) < 0.97 AS dosed,
  6 + floor(21 * bench_draw(n, 4)) AS ill, bench_draw(n, 5) - 0.3 AS better
FROM generate_series(1, {patients}::bigint) n;
ANALYZE bench_person;
INSERT INTO people_patient (id, name, born_on, phone, state, site_id, joined_at, kind, import_source, import_id, import_days_made_up)
SELECT bench_id(4, n), 'Invented ' || n, '1984-05-02', '', 'CA', bench_id(1, site), first_on - 10, 'patient', '', '', false FROM bench_person;
INSERT INTO plans_course (id, patient_id, protocol_id, protocol_version, prescriber_id, site_id, started_at, ended_because, ended_how)
SELECT bench_id(5, n), bench_id(4, n), (ARRAY['esketamine_clinic', 'racemic_iv_clinic'])[1 + n % 2], '1',
  bench_id(2, prescriber), bench_id(1, site), first_on - 5, '', '' FROM bench_person;
INSERT INTO plans_visit (id, course_id, patient_id, kind, number, during, clinician_id, places, sitter_name, sitter_phone, booked_at, cancelled_because)
SELECT bench_id(6, n), bench_id(5, n), bench_id(4, n), 'dosing', 1, tstzrange(first_on + time '18:00', first_on + time '20:00'),
  bench_id(2, prescriber), int4range(1, 2), '', '', first_on - 5, '' FROM bench_person;
INSERT INTO treatment_sessionevent (id, visit_id, form_id, kind, facts, taken_at, received_at, recorded_by_id, source, device, units, sequence, seal)
SELECT bench_id(7, n), bench_id(6, n), bench_id(7, n), 'dosed', '{"mg": 56}', first_on + time '18:00', first_on + time '18:00',
  bench_id(2, prescriber), 'room', '', '{}', 1, repeat('0', 64) FROM bench_person WHERE dosed;
INSERT INTO measures_response (id, patient_id, instrument_id, instrument_version, definition_hash, source, answers, answered_at,
  answered_on, received_at, value, prorated, answered, band, unscorable_because, flagged, import_key)
SELECT bench_id(8, n * 16 + place), bench_id(4, n), 'phq-9', '1', '{definition}', 'import', NULL, first_on + day + time '20:00',
  first_on + day, first_on + day + time '20:00',
  least(27, greatest(0, round(ill * (1 - CASE WHEN day > 0 THEN better * exp(-day / 400.0) ELSE 0 END)
    + 5 * (bench_draw(n, 100 + place) - 0.5)))),
  bench_draw(n, 200 + place) < 0.02, 9, '', '', false, ''
FROM (
  SELECT person.*, asked.place, asked.day,
    -- Whoever was more ill stops answering sooner; nobody comes back.
    bool_and(bench_draw(n, 300 + asked.place) > 0.01 + 0.0018 * ill) OVER (PARTITION BY n ORDER BY asked.place) AS answers
  FROM bench_person person
  CROSS JOIN unnest(ARRAY[-3, 7, 14, 21, 28, 42, 56, 70, 84, 100, 120, 150, 182, 240, 365]) WITH ORDINALITY AS asked (day, place)
) person
WHERE answers AND first_on + day <= {today}::date;
INSERT INTO measures_response (id, patient_id, instrument_id, instrument_version, definition_hash, source, answers, answered_at,
  answered_on, received_at, value, prorated, answered, band, unscorable_because, flagged, import_key, corrects_id, correction_why)
SELECT bench_id(9, n), patient_id, instrument_id, instrument_version, definition_hash, source, NULL, answered_at, answered_on,
  received_at + interval '1 day', greatest(0, value - 4), false, 9, '', '', false, '', response.id, 'two lines were mixed up'
FROM bench_person JOIN measures_response response ON response.id = bench_id(8, n * 16 + 5) WHERE n % 200 = 7;
-- Everybody was asked once more than they answered: due, not done.
INSERT INTO measures_questionnairerequest (id, patient_id, instrument_id, occasion, opens_on, due_on, closes_on)
SELECT bench_id(10, n), bench_id(4, n), 'phq-9', 'month 18', first_on + 540, first_on + 546, first_on + 552 FROM bench_person
