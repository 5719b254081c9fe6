-- Fills an empty, migrated database; `records.py` fills in the values. Kinds of ids: 1 account, 2 patient, 3 site,
-- 4 staff member, 5 request, 6 response, 7 assessment, 8 decision, 9 course, 10 order, 11 visit, 12 event, 13 alarm,
-- 14 step of an alarm, 15 note, 16 line of the log.

CREATE FUNCTION bench_id(kind int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  ('01930000' || lpad(to_hex(kind), 4, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid;

INSERT INTO people_practice (id, name, is_demonstration) VALUES (1, 'Benchmark Practice', false);

INSERT INTO people_site (id, name, address, state, timezone)
SELECT bench_id(3, n), 'Site ' || lpad(n::text, 2, '0'), n || ' Lake Street', 'CA', 'America/Los_Angeles'
FROM generate_series(1, %(sites)s) n;

INSERT INTO people_user (id, email, password, is_active, joined_at)
SELECT bench_id(1, n), 'patient-' || n || '@bench.example', '!bench', true, %(now)s FROM generate_series(1, %(patients)s) n
UNION ALL
SELECT bench_id(1, 1000000000 + n), 'staff-' || n || '@bench.example', '!bench', true, %(now)s
FROM generate_series(1, %(staff)s) n;

INSERT INTO people_staffmember (id, user_id, name, roles)
SELECT bench_id(4, n), bench_id(1, 1000000000 + n), 'Staff Member ' || n,
       ARRAY[CASE n %% %(staff_of_site)s WHEN 1 THEN 'prescriber' WHEN 2 THEN 'medical_director'
             ELSE 'session_monitor' END]
FROM generate_series(1, %(staff)s) n;

INSERT INTO people_staffmember_sites (staffmember_id, site_id)
SELECT bench_id(4, n), bench_id(3, 1 + (n - 1) / %(staff_of_site)s) FROM generate_series(1, %(staff)s) n;

CREATE TEMP TABLE bench_patient AS
SELECT n, 1 + (n %% %(sites)s) AS site, 1 + ((n / 100) %% %(staff)s) AS clinician,
       CASE WHEN n %% 100 < 90 THEN 'completed' WHEN n %% 100 < 94 THEN 'treatment' WHEN n %% 100 < 96 THEN 'preparation'
            WHEN n %% 100 = 96 THEN 'decided' WHEN n %% 100 = 97 THEN 'deciding' WHEN n %% 100 = 98 THEN 'joined'
            ELSE 'declined' END AS phase
FROM generate_series(1, %(patients)s) n;

INSERT INTO people_patient (
    id, user_id, kind, name, born_on, phone, state, site_id, joined_at, import_source, import_id, import_days_made_up
)
SELECT bench_id(2, n), bench_id(1, n), 'patient', 'Invented Person ' || lpad(((n * 7919) %% 1000000)::text, 6, '0'),
       DATE '1950-01-01' + (n %% 18000), '555-0100', 'CA', bench_id(3, site), %(now)s - interval '2 years', '', '', FALSE
FROM bench_patient;

INSERT INTO intake_assessment (id, patient_id, facts, evaluation, disposition, rule_set_version, taken_at)
SELECT bench_id(7, n), bench_id(2, n), %(facts)s::jsonb, %(evaluation)s::jsonb, %(disposition)s, %(rule_set_version)s,
       CASE phase WHEN 'completed' THEN %(now)s - interval '2 years' ELSE %(now)s - interval '1 day' * (n %% 60) END
FROM bench_patient WHERE phase <> 'joined';

INSERT INTO intake_decision (id, assessment_id, patient_id, outcome, why, resolved, decided_by_id, decided_at)
SELECT bench_id(8, n), bench_id(7, n), bench_id(2, n), CASE phase WHEN 'declined' THEN 'declined' ELSE 'suitable' END,
       'Two adequate trials without response.', '{}'::jsonb, bench_id(4, 1 + (site - 1) * %(staff_of_site)s),
       CASE phase WHEN 'completed' THEN %(now)s - interval '2 years' ELSE %(now)s - interval '1 day' * (n %% 60) END
FROM bench_patient WHERE phase NOT IN ('joined', 'deciding');

INSERT INTO plans_course (id, patient_id, protocol_id, protocol_version, prescriber_id, site_id, started_at, ended_at,
                          ended_because, ended_how)
SELECT bench_id(9, n), bench_id(2, n), 'esketamine_clinic', '1', bench_id(4, 1 + (site - 1) * %(staff_of_site)s),
       bench_id(3, site),
       CASE phase WHEN 'completed' THEN %(now)s - interval '700 days' ELSE %(now)s - interval '1 hour' * (n %% 24) END,
       CASE phase WHEN 'completed' THEN %(now)s - interval '400 days' END,
       CASE phase WHEN 'completed' THEN 'The series is complete.' ELSE '' END,
       CASE phase WHEN 'completed' THEN 'completed' ELSE '' END
FROM bench_patient WHERE phase IN ('completed', 'treatment', 'preparation');

INSERT INTO plans_doseorder (id, course_id, dose_mg, weight_kg, why, ordered_by_id, ordered_at)
SELECT bench_id(10, n), bench_id(9, n), 56, 70, 'Usual start.', bench_id(4, 1 + (site - 1) * %(staff_of_site)s),
       %(now)s - interval '700 days'
FROM bench_patient WHERE phase IN ('completed', 'treatment', 'preparation');

-- Hours of the calendar are given out by number, so that nobody is booked twice.
CREATE TEMP TABLE bench_visit AS
SELECT n * 10 + place AS id, n, clinician, kind, number, place,
       CASE WHEN phase = 'completed'
            THEN %(now)s - interval '600 days' + interval '5 hours' * (n %% 100) + interval '21 days' * (n / 100 / %(staff)s)
                 + interval '1 hour' * place
            WHEN place = 2 AND n %% 100 = 93 AND n < 1000 THEN %(now)s - interval '30 minutes'
            WHEN phase = 'treatment'
            THEN %(now)s + interval '1 day' * (place * 14 - 36 + n / 100 / %(staff)s) + interval '3 hours' * (n %% 100 - 90)
            ELSE %(now)s + interval '1 day' * (place * 14 + 60 + n / 100 / %(staff)s) + interval '3 hours' * (n %% 100 - 90)
       END AS starts_at,
       phase
FROM bench_patient
CROSS JOIN (VALUES (1, 'preparation', 1), (2, 'dosing', 1), (3, 'integration', 1)) AS planned(place, kind, number)
WHERE phase IN ('completed', 'treatment', 'preparation');

INSERT INTO plans_visit (id, course_id, patient_id, kind, number, during, clinician_id, places, sitter_name, sitter_phone,
                         booked_at, cancelled_because)
SELECT bench_id(11, id), bench_id(9, n), bench_id(2, n), kind, number, tstzrange(starts_at, starts_at + interval '50 min'),
       bench_id(4, clinician), int4range(1, 5), '', '', %(now)s - interval '700 days', ''
FROM bench_visit;

-- These events carry no true seal: pages read seals only to prove a session, and nothing is proved here.
INSERT INTO treatment_sessionevent (id, visit_id, form_id, kind, facts, taken_at, received_at, recorded_by_id, source, device,
                                    units, sequence, seal)
SELECT bench_id(12, id * 10 + step), bench_id(11, id), bench_id(99, id * 10 + step), what, facts::jsonb,
       starts_at + after, starts_at + after, bench_id(4, clinician), 'room', '', '{}'::jsonb, step, repeat('0', 64)
FROM bench_visit
CROSS JOIN (VALUES (1, 'dosed', '{"dose_mg": 56}', interval '0'), (2, 'discharged', '{}', interval '2 hours'))
  AS happened(step, what, facts, after)
WHERE kind = 'dosing' AND starts_at + after < %(now)s;

INSERT INTO treatment_visitnote (id, visit_id, patient_id, about_dose_visit_id, shared, to_prescriber, written_by_id, written_at)
SELECT bench_id(15, id), bench_id(11, id), bench_id(2, n),
       CASE kind WHEN 'integration' THEN bench_id(11, id - 1) END, 'Spoke of the days since.', '', bench_id(4, clinician),
       starts_at
FROM bench_visit WHERE kind <> 'dosing' AND starts_at < %(now)s;

-- Asked each week and answered; the charted patients on two scales, with one week in ten left out.
CREATE TEMP TABLE bench_history AS
SELECT n, week, scale, n * 1000 + scale * 100 + week AS id,
       (%(now)s - interval '7 days' * week - interval '8 days')::date AS due_on,
       CASE scale WHEN 0 THEN 'phq-9' ELSE 'gad-7' END AS instrument,
       CASE scale WHEN 0 THEN (n * 7 + week * 3) %% 25 ELSE (n * 5 + week * 3) %% 22 END AS total,
       n %% %(sites)s = 0 AND n > %(answering)s AND n <= %(charted_to)s AND week %% 10 = 9 AS missed
FROM bench_patient
CROSS JOIN generate_series(0, %(weeks)s - 1) week
CROSS JOIN generate_series(0, 1) scale
WHERE (n %% %(sites)s = 0 AND n > %(answering)s AND n <= %(charted_to)s) OR (week < %(weeks_short)s AND scale = 0);

INSERT INTO measures_questionnairerequest (id, patient_id, instrument_id, occasion, opens_on, due_on, closes_on)
SELECT bench_id(5, id), bench_id(2, n), instrument, 'week ' || (%(weeks)s - week), due_on - 2, due_on, due_on + 4
FROM bench_history;

INSERT INTO measures_response (id, patient_id, request_id, instrument_id, instrument_version, definition_hash, source,
    answers, answered_at, answered_on, value, prorated, answered, band, unscorable_because, flagged, entered_by_id, import_key)
SELECT bench_id(6, h.id), bench_id(2, h.n), bench_id(5, h.id), h.instrument,
       CASE h.scale WHEN 0 THEN %(phq_version)s ELSE %(gad_version)s END,
       CASE h.scale WHEN 0 THEN %(phq_hash)s ELSE %(gad_hash)s END, 'patient', a.answers,
       h.due_on + time '20:00', h.due_on, h.total, false, CASE h.scale WHEN 0 THEN 9 ELSE 7 END, a.band, '', false,
       bench_id(1, h.n), ''
FROM bench_history h JOIN bench_answers a ON a.instrument = h.instrument AND a.total = h.total
WHERE NOT h.missed;

-- Requests that wait for the patients who answer: each is due on another day, and all are open now.
INSERT INTO measures_questionnairerequest (id, patient_id, instrument_id, occasion, opens_on, due_on, closes_on)
SELECT bench_id(5, n * 1000 + 900 - place), bench_id(2, n), 'phq-9', 'this week', %(now)s::date - 2, %(now)s::date + place,
       %(now)s::date + %(requests_each)s + 2
FROM generate_series(1, %(answering)s) n CROSS JOIN generate_series(0, %(requests_each)s - 1) place;

-- One patient in twenty had an alarm, and it was closed; some are open at site 1.
CREATE TEMP TABLE bench_alarm AS
SELECT n, false AS is_open FROM bench_patient WHERE n %% 20 = 5
UNION ALL
(SELECT n, true FROM bench_patient WHERE site = 1 AND n %% 20 <> 5 AND n > %(answering)s ORDER BY n LIMIT %(open_alarms)s);

INSERT INTO safety_alarm (id, patient_id, reason, severity, says, facts, about_kind, about_id, raised_at, acknowledge_by)
SELECT bench_id(13, n), bench_id(2, n), 'phq-9.item-9', CASE n %% 3 WHEN 0 THEN 'red' ELSE 'amber' END,
       'PHQ-9 item 9: an answer other than 0', '{"instrument": "phq-9", "item": "q9", "answer": 1}'::jsonb,
       'questionnaire request', bench_id(5, n * 1000), raised_at, raised_at + interval '4 hours'
FROM (SELECT n, CASE WHEN is_open THEN %(now)s - interval '1 hour' ELSE %(now)s - interval '1 day' * (2 + n %% 600) END
             AS raised_at FROM bench_alarm) alarm;

INSERT INTO safety_alarmevent (id, alarm_id, what, at, by_id, note)
SELECT bench_id(14, n * 10 + step), bench_id(13, n), what,
       CASE WHEN is_open THEN %(now)s - interval '1 hour' ELSE %(now)s - interval '1 day' * (2 + n %% 600) END
       + interval '10 min' * step,
       CASE what WHEN 'raised' THEN NULL ELSE bench_id(4, 1) END, CASE what WHEN 'closed' THEN 'Telephoned.' ELSE '' END
FROM bench_alarm CROSS JOIN (VALUES (0, 'raised'), (1, 'acknowledged'), (2, 'closed')) AS steps(step, what)
WHERE NOT is_open OR step = 0;

INSERT INTO audit_entry (id, at, actor_id, actor_role, did, about_kind, about_id, patient_id)
SELECT bench_id(16, n * 10 + step), %(now)s - interval '1 day' * (n %% 600), bench_id(1, n), 'patient',
       'submitted a questionnaire', 'response', bench_id(6, n * 1000), bench_id(2, n)
FROM bench_patient CROSS JOIN generate_series(0, 3) step;
