-- What looks odd in the records of the people asked for, on one scale, as it was known at the cut. One row of counts.
WITH asked AS MATERIALIZED (
  SELECT person.patient_id, person.first_dose_on FROM ({people}) person WHERE {asked}
),
known AS (
  SELECT asked.patient_id, asked.first_dose_on, lower(btrim(patient.name)) AS name, patient.born_on
  FROM asked JOIN people_patient patient ON patient.id = asked.patient_id
),
reading AS MATERIALIZED (
  SELECT known.patient_id, known.first_dose_on, known.born_on, response.answered_on, response.answered_at, response.id,
    response.value, response.prorated, response.instrument_version
  FROM known JOIN measures_response response ON response.patient_id = known.patient_id
  WHERE response.instrument_id = %(instrument)s AND response.scale_id = '' AND response.value IS NOT NULL
    AND (%(cut)s::timestamptz IS NULL OR response.received_at <= %(cut)s)
    AND NOT EXISTS (
      SELECT FROM measures_response later
      WHERE later.corrects_id = response.id AND (%(cut)s::timestamptz IS NULL OR later.received_at <= %(cut)s)
    )
),
possible AS (
  SELECT * FROM reading WHERE value BETWEEN %(low)s AND %(high)s AND answered_on <= %(today)s
    AND (born_on IS NULL OR answered_on >= born_on)
),
in_order AS (
  SELECT patient_id, value, lag(value) OVER course AS before, lead(value) OVER course AS after
  FROM possible
  WINDOW course AS (PARTITION BY patient_id ORDER BY answered_on, answered_at, id)
)
SELECT
  (SELECT count(*) FROM known),
  (SELECT count(DISTINCT patient_id) FROM possible),
  (SELECT coalesce(sum(n), 0) FROM (
    SELECT count(*) AS n FROM known WHERE born_on IS NOT NULL GROUP BY name, born_on HAVING count(*) > 1
  ) AS alike),
  (SELECT count(*) FROM reading WHERE value NOT BETWEEN %(low)s AND %(high)s),
  (SELECT count(*) FROM reading WHERE answered_on < born_on),
  (SELECT count(*) FROM reading WHERE answered_on > %(today)s),
  (SELECT count(*) FROM (SELECT FROM possible GROUP BY patient_id, answered_on HAVING count(*) > 1) AS doubled),
  (SELECT count(*) FROM (
    SELECT FROM possible GROUP BY patient_id HAVING count(DISTINCT instrument_version) > 1
  ) AS versions),
  (SELECT count(*) FROM (
    SELECT DISTINCT ON (patient_id) value FROM possible
    WHERE NOT prorated AND (first_dose_on IS NULL OR answered_on BETWEEN first_dose_on - 7 AND first_dose_on)
    ORDER BY patient_id, answered_on DESC, answered_at DESC, id DESC
  ) AS baseline WHERE value = %(low)s),
  (SELECT count(*) FROM in_order WHERE value = %(low)s AND before >= %(a_third)s AND after >= %(a_third)s),
  (SELECT count(*) FROM in_order WHERE value = %(low)s AND before >= %(a_third)s AND after IS NULL),
  (SELECT count(*) FROM possible WHERE value <> trunc(value) AND NOT prorated),
  (SELECT count(*) FROM possible WHERE value IN (77, 88, 98, 99))
