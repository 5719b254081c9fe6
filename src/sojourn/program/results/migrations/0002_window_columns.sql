DROP FUNCTION results_scores_at(uuid[], varchar[], timestamptz);

-- The baseline is the last score up to 7 days before the first dose, or the last of all where none was given. In a window
-- the score nearest to its target counts; of two as near the earlier; of two on one day the later. Prorated scores prove
-- nothing. Of a corrected answer only the correction counts. Windows: clinical.outcomes.practice.USUAL_WINDOWS (a test
-- holds the two together). `wanted` NULL: every scale.
CREATE FUNCTION results_scores_at(people uuid[], wanted varchar[], cut timestamptz)
RETURNS TABLE (
  patient_id uuid, instrument_id varchar, baseline int, week_1 int, week_2 int, week_4 int, week_8 int, week_12 int,
  month_6 int, month_12 int
) LANGUAGE sql STABLE AS $$
  WITH person AS MATERIALIZED (
    SELECT person.patient_id, person.first_dose_on FROM results_people_at(people, cut) person
  ),
  reading AS (
    SELECT response.patient_id, response.instrument_id, response.id, response.answered_on, response.answered_at,
      (1000 * response.value)::int AS value, person.first_dose_on,
      response.answered_on - coalesce(person.first_dose_on, date '9999-12-31') AS day
    FROM person
    JOIN measures_response response ON response.patient_id = person.patient_id
    WHERE response.value IS NOT NULL AND NOT response.prorated AND response.scale_id = ''
      AND response.received_at <= cut AND (wanted IS NULL OR response.instrument_id = ANY(wanted))
      AND NOT EXISTS (
        SELECT FROM measures_response later WHERE later.corrects_id = response.id AND later.received_at <= cut
      )
  ),
  placed AS (
    SELECT reading.*, coalesce(usual.place, 0) AS place, abs(day - coalesce(usual.target, 0)) AS apart
    FROM reading
    LEFT JOIN (VALUES
      (1, 7, 4, 10), (2, 14, 11, 20), (3, 28, 21, 41), (4, 56, 42, 69), (5, 84, 70, 118), (6, 182, 150, 213),
      (7, 365, 330, 400)
    ) AS usual (place, target, opens, closes) ON day BETWEEN usual.opens AND usual.closes
    WHERE usual.place IS NOT NULL OR day BETWEEN -7 AND 0 OR first_dose_on IS NULL
  ),
  counts AS (
    SELECT DISTINCT ON (placed.patient_id, placed.instrument_id, placed.place)
      placed.patient_id, placed.instrument_id, placed.place, placed.value
    FROM placed
    ORDER BY placed.patient_id, placed.instrument_id, placed.place, apart, answered_on, answered_at DESC, id DESC
  )
  SELECT counts.patient_id, counts.instrument_id, max(value) FILTER (WHERE place = 0),
    max(value) FILTER (WHERE place = 1), max(value) FILTER (WHERE place = 2), max(value) FILTER (WHERE place = 3),
    max(value) FILTER (WHERE place = 4), max(value) FILTER (WHERE place = 5), max(value) FILTER (WHERE place = 6),
    max(value) FILTER (WHERE place = 7)
  FROM counts
  GROUP BY counts.patient_id, counts.instrument_id
$$;

-- Keep the rows of these people. Two transactions about one person wait for each other on the person's record, so that
-- the later one sees what the earlier one wrote.
CREATE OR REPLACE FUNCTION results_follow_scores(people uuid[], wanted varchar[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  WITH found AS MATERIALIZED (
    SELECT scored.*, person.site_id, person.home_site_id, person.prescriber_id, person.protocol_id, person.started_on,
      person.first_dose_on
    FROM results_scores_at(people, wanted, 'infinity') scored
    JOIN results_personfollowed person ON person.patient_id = scored.patient_id
  ),
  gone AS (
    DELETE FROM results_scoresfollowed kept
    WHERE kept.patient_id = ANY(people) AND (wanted IS NULL OR kept.instrument_id = ANY(wanted))
      AND NOT EXISTS (
        SELECT FROM found WHERE found.patient_id = kept.patient_id AND found.instrument_id = kept.instrument_id
      )
  )
  INSERT INTO results_scoresfollowed AS kept (
    patient_id, instrument_id, site_id, home_site_id, prescriber_id, protocol_id, started_on, first_dose_on, baseline,
    week_1, week_2, week_4, week_8, week_12, month_6, month_12
  )
  SELECT
    patient_id, instrument_id, site_id, home_site_id, prescriber_id, protocol_id, started_on, first_dose_on, baseline,
    week_1, week_2, week_4, week_8, week_12, month_6, month_12
  FROM found
  ORDER BY patient_id, instrument_id
  ON CONFLICT (patient_id, instrument_id) DO UPDATE SET
    site_id = excluded.site_id, home_site_id = excluded.home_site_id, prescriber_id = excluded.prescriber_id,
    protocol_id = excluded.protocol_id, started_on = excluded.started_on, first_dose_on = excluded.first_dose_on,
    baseline = excluded.baseline, week_1 = excluded.week_1, week_2 = excluded.week_2, week_4 = excluded.week_4,
    week_8 = excluded.week_8, week_12 = excluded.week_12, month_6 = excluded.month_6, month_12 = excluded.month_12
  WHERE (
    kept.site_id, kept.home_site_id, kept.prescriber_id, kept.protocol_id, kept.started_on, kept.first_dose_on,
    kept.baseline, kept.week_1, kept.week_2, kept.week_4, kept.week_8, kept.week_12, kept.month_6, kept.month_12
  ) IS DISTINCT FROM (
    excluded.site_id, excluded.home_site_id, excluded.prescriber_id, excluded.protocol_id, excluded.started_on,
    excluded.first_dose_on, excluded.baseline, excluded.week_1, excluded.week_2, excluded.week_4, excluded.week_8,
    excluded.week_12, excluded.month_6, excluded.month_12
  );
END $$;

DO $$
DECLARE
  batch uuid[];
  last uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
  LOOP
    batch := ARRAY(SELECT DISTINCT patient_id FROM plans_course WHERE patient_id > last ORDER BY patient_id LIMIT 5000);
    EXIT WHEN batch = '{}';
    PERFORM results_follow(batch);
    last := batch[array_length(batch, 1)];
  END LOOP;
END $$;
