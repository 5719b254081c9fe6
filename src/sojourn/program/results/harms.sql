-- Doses given to them in that course, and their act-now alarms since it began.
WITH here AS (
  SELECT * FROM ({people}) person WHERE {asked}
),
alarmed AS (
  SELECT here.patient_id
  FROM safety_alarm alarm
  JOIN people_patient patient ON patient.id = alarm.patient_id
  JOIN people_site site ON site.id = patient.site_id
  JOIN here ON here.patient_id = alarm.patient_id
  WHERE alarm.severity = 'red'
    AND (alarm.raised_at AT TIME ZONE site.timezone)::date BETWEEN here.started_on AND %(as_of)s
)
SELECT
  (SELECT count(*) FROM here WHERE doses > 0),
  (SELECT coalesce(sum(doses), 0) FROM here),
  (SELECT count(DISTINCT patient_id) FROM alarmed),
  (SELECT count(*) FROM alarmed)
