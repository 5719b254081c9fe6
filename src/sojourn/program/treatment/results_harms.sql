-- Doses given to them in that course, and their act-now alarms since it began.
, given AS (
  SELECT here.patient_id, event.id
  FROM here
  JOIN plans_visit visit ON visit.course_id = here.id
  JOIN treatment_sessionevent event ON event.visit_id = visit.id AND event.kind = 'dosed'
  WHERE NOT EXISTS (SELECT FROM treatment_sessionevent strike WHERE strike.withdraws_id = event.id)
    AND (event.taken_at AT TIME ZONE here.timezone)::date <= %(as_of)s
),
alarmed AS (
  SELECT here.patient_id, alarm.id
  FROM here
  JOIN safety_alarm alarm ON alarm.patient_id = here.patient_id AND alarm.severity = 'red'
  WHERE (alarm.raised_at AT TIME ZONE here.timezone)::date BETWEEN here.started_on AND %(as_of)s
)
SELECT
  (SELECT count(DISTINCT patient_id) FROM given),
  (SELECT count(*) FROM given),
  (SELECT count(DISTINCT patient_id) FROM alarmed),
  (SELECT count(*) FROM alarmed)
