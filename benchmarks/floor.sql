-- Finished sessions by the thousand, for the growth of a board's cost; `floor_records.py` fills in the values. Made with
-- triggers off: the seals are none, and nothing is added to these sessions.

INSERT INTO plans_visit (id, course_id, patient_id, kind, number, during, clinician_id, places, booked_at, sitter_name,
                         sitter_phone, cancelled_because)
SELECT ('01931111-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, (%(courses)s::uuid[])[1 + n / 30000], %(patient)s, 'dosing', 1000 + n %% 30000,
       tstzrange(%(now)s - interval '3 hours' * (n + 40), %(now)s - interval '3 hours' * (n + 40) + interval '2 hours'),
       %(clinician)s, int4range(1, 2), %(now)s - interval '3 years', '', '', ''
FROM generate_series(%(first)s, %(last)s) n;

INSERT INTO treatment_sessionevent (id, visit_id, form_id, kind, facts, taken_at, received_at, recorded_by_id, source,
                                    device, units, sequence, seal)
SELECT ('01932222-0000-7000-8000-' || lpad(to_hex(n * 16 + step), 12, '0'))::uuid,
       ('01931111-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('01933333-0000-7000-8000-' || lpad(to_hex(n * 16 + step), 12, '0'))::uuid,
       CASE step WHEN 1 THEN 'dosed' WHEN 15 THEN 'discharged' ELSE 'vital_taken' END,
       CASE step WHEN 1 THEN '{"mg": 56}'::jsonb WHEN 15 THEN '{}'::jsonb
            ELSE '{"systolic": 124, "diastolic": 78, "heart_rate": 70, "spo2": 98}'::jsonb END,
       %(now)s - interval '3 hours' * (n + 40) + interval '8 minutes' * step,
       %(now)s - interval '3 hours' * (n + 40) + interval '8 minutes' * step,
       %(clinician)s, 'room', '', '{}', step, repeat('0', 64)
FROM generate_series(%(first)s, %(last)s) n CROSS JOIN generate_series(1, 15) step
