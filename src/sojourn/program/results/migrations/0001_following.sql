-- Who is followed, and which of their scores count, as it was known at a moment; 'infinity' is now.
-- A person counts once, by their first course. Research records count nowhere.
CREATE FUNCTION results_people_at(people uuid[], cut timestamptz)
RETURNS TABLE (
  patient_id uuid, course_id uuid, site_id uuid, home_site_id uuid, prescriber_id uuid, protocol_id varchar,
  started_on date, first_dose_on date, doses int
) LANGUAGE sql STABLE AS $$
  SELECT first.patient_id, first.id, first.site_id, first.home_site_id, first.prescriber_id, first.protocol_id,
    (first.started_at AT TIME ZONE first.timezone)::date, given.first_dose_on, given.doses
  FROM (
    SELECT DISTINCT ON (course.patient_id)
      course.id, course.patient_id, course.site_id, course.prescriber_id, course.protocol_id, course.started_at,
      patient.site_id AS home_site_id, site.timezone
    FROM plans_course course
    JOIN people_patient patient ON patient.id = course.patient_id AND patient.kind = 'patient'
    JOIN people_site site ON site.id = course.site_id
    WHERE course.patient_id = ANY(people) AND course.started_at <= cut
    ORDER BY course.patient_id, course.started_at, course.id
  ) first
  CROSS JOIN LATERAL (
    SELECT min((event.taken_at AT TIME ZONE first.timezone)::date) AS first_dose_on, count(*)::int AS doses
    FROM plans_visit visit
    JOIN treatment_sessionevent event ON event.visit_id = visit.id AND event.kind = 'dosed'
    WHERE visit.course_id = first.id AND event.received_at <= cut AND event.taken_at <= cut
      AND NOT EXISTS (
        SELECT FROM treatment_sessionevent strike
        WHERE strike.withdraws_id = event.id AND strike.received_at <= cut
      )
  ) given
$$;

-- The baseline is the last score up to 7 days before the first dose, or the last of all where none was given. In a window
-- the score nearest to its target counts; of two as near the earlier; of two on one day the later. Prorated scores prove
-- nothing. Of a corrected answer only the correction counts. Windows: clinical.outcomes.practice.USUAL_WINDOWS (a test
-- holds the two together). `wanted` NULL: every scale.
CREATE FUNCTION results_scores_at(people uuid[], wanted varchar[], cut timestamptz)
RETURNS TABLE (patient_id uuid, instrument_id varchar, baseline int, scores int[]) LANGUAGE sql STABLE AS $$
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
    ARRAY[
      max(value) FILTER (WHERE place = 1), max(value) FILTER (WHERE place = 2), max(value) FILTER (WHERE place = 3),
      max(value) FILTER (WHERE place = 4), max(value) FILTER (WHERE place = 5), max(value) FILTER (WHERE place = 6),
      max(value) FILTER (WHERE place = 7)
    ]
  FROM counts
  GROUP BY counts.patient_id, counts.instrument_id
$$;

-- Keep the rows of these people. Two transactions about one person wait for each other on the person's record, so that
-- the later one sees what the earlier one wrote.
CREATE FUNCTION results_follow_scores(people uuid[], wanted varchar[]) RETURNS void LANGUAGE plpgsql AS $$
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
  INSERT INTO results_scoresfollowed AS kept
    (patient_id, instrument_id, site_id, home_site_id, prescriber_id, protocol_id, started_on, first_dose_on, baseline,
     scores)
  SELECT patient_id, instrument_id, site_id, home_site_id, prescriber_id, protocol_id, started_on, first_dose_on,
    baseline, scores
  FROM found
  ORDER BY patient_id, instrument_id
  ON CONFLICT (patient_id, instrument_id) DO UPDATE SET
    site_id = excluded.site_id, home_site_id = excluded.home_site_id, prescriber_id = excluded.prescriber_id,
    protocol_id = excluded.protocol_id, started_on = excluded.started_on, first_dose_on = excluded.first_dose_on,
    baseline = excluded.baseline, scores = excluded.scores
  WHERE (kept.site_id, kept.home_site_id, kept.prescriber_id, kept.protocol_id, kept.started_on, kept.first_dose_on,
         kept.baseline, kept.scores)
    IS DISTINCT FROM
        (excluded.site_id, excluded.home_site_id, excluded.prescriber_id, excluded.protocol_id, excluded.started_on,
         excluded.first_dose_on, excluded.baseline, excluded.scores);
END $$;

CREATE FUNCTION results_follow(people uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM people_patient WHERE id = ANY(people) ORDER BY id FOR NO KEY UPDATE;
  WITH found AS MATERIALIZED (SELECT * FROM results_people_at(people, 'infinity')),
  gone AS (
    DELETE FROM results_personfollowed kept
    WHERE kept.patient_id = ANY(people)
      AND NOT EXISTS (SELECT FROM found WHERE found.patient_id = kept.patient_id)
  )
  INSERT INTO results_personfollowed AS kept
    (patient_id, course_id, site_id, home_site_id, prescriber_id, protocol_id, started_on, first_dose_on, doses)
  SELECT patient_id, course_id, site_id, home_site_id, prescriber_id, protocol_id, started_on, first_dose_on, doses
  FROM found
  ORDER BY patient_id
  ON CONFLICT (patient_id) DO UPDATE SET
    course_id = excluded.course_id, site_id = excluded.site_id, home_site_id = excluded.home_site_id,
    prescriber_id = excluded.prescriber_id, protocol_id = excluded.protocol_id, started_on = excluded.started_on,
    first_dose_on = excluded.first_dose_on, doses = excluded.doses
  WHERE (kept.course_id, kept.site_id, kept.home_site_id, kept.prescriber_id, kept.protocol_id, kept.started_on,
         kept.first_dose_on, kept.doses)
    IS DISTINCT FROM
        (excluded.course_id, excluded.site_id, excluded.home_site_id, excluded.prescriber_id, excluded.protocol_id,
         excluded.started_on, excluded.first_dose_on, excluded.doses);
  PERFORM results_follow_scores(people, NULL);
END $$;

CREATE FUNCTION results_after_answers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  people uuid[] := ARRAY(SELECT DISTINCT patient_id FROM added);
BEGIN
  PERFORM FROM people_patient WHERE id = ANY(people) ORDER BY id FOR NO KEY UPDATE;
  people := ARRAY(SELECT patient_id FROM results_personfollowed WHERE patient_id = ANY(people));
  IF people <> '{}' THEN
    PERFORM results_follow_scores(people, ARRAY(SELECT DISTINCT instrument_id FROM added));
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION results_after_courses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM results_follow(ARRAY(SELECT DISTINCT patient_id FROM added));
  RETURN NULL;
END $$;

CREATE FUNCTION results_after_dose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM results_follow(ARRAY(SELECT patient_id FROM plans_visit WHERE id = NEW.visit_id));
  RETURN NULL;
END $$;

CREATE FUNCTION results_after_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM results_follow(ARRAY[NEW.id]);
  RETURN NULL;
END $$;

CREATE FUNCTION results_after_site() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM results_follow(ARRAY(SELECT patient_id FROM results_personfollowed WHERE site_id = NEW.id));
  RETURN NULL;
END $$;

CREATE TRIGGER results_follow_answers AFTER INSERT ON measures_response
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION results_after_answers();
CREATE TRIGGER results_follow_new_courses AFTER INSERT ON plans_course
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION results_after_courses();
CREATE TRIGGER results_follow_changed_courses AFTER UPDATE ON plans_course
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION results_after_courses();
CREATE TRIGGER results_follow_doses AFTER INSERT ON treatment_sessionevent
  FOR EACH ROW WHEN (NEW.kind = 'dosed' OR NEW.withdraws_id IS NOT NULL) EXECUTE FUNCTION results_after_dose();
CREATE TRIGGER results_follow_changed_patients AFTER UPDATE ON people_patient
  FOR EACH ROW WHEN ((OLD.kind, OLD.site_id) IS DISTINCT FROM (NEW.kind, NEW.site_id))
  EXECUTE FUNCTION results_after_patient();
CREATE TRIGGER results_follow_changed_sites AFTER UPDATE ON people_site
  FOR EACH ROW WHEN (OLD.timezone IS DISTINCT FROM NEW.timezone) EXECUTE FUNCTION results_after_site();

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
