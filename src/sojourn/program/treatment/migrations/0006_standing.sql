-- Where each of these people stands: the first line that holds. An open course by its doses, then an assessment nobody has
-- decided on, then a decision no course has followed yet, then how the last course ended.
CREATE FUNCTION treatment_phases_of(people uuid[]) RETURNS TABLE (patient_id uuid, site_id uuid, phase varchar)
LANGUAGE sql STABLE AS $$
  SELECT patient.id, patient.site_id, CASE
    WHEN patient.kind = 'research' THEN 'research'
    WHEN EXISTS (SELECT FROM plans_course running WHERE running.patient_id = patient.id AND running.ended_at IS NULL) THEN (
      SELECT CASE
        WHEN coalesce(bool_and(NOT is_dosed), true) THEN 'preparation'
        WHEN bool_or(NOT is_over) THEN 'treatment'
        ELSE 'after'
      END
      FROM (
        SELECT
          EXISTS (
            SELECT FROM treatment_sessionevent event
            WHERE event.visit_id = visit.id AND event.kind = 'dosed'
              AND NOT EXISTS (SELECT FROM treatment_sessionevent strike WHERE strike.withdraws_id = event.id)
          ) AS is_dosed,
          EXISTS (
            SELECT FROM treatment_sessionevent event
            WHERE event.visit_id = visit.id AND event.kind IN ('discharged', 'cancelled')
              AND NOT EXISTS (SELECT FROM treatment_sessionevent strike WHERE strike.withdraws_id = event.id)
          ) AS is_over
        FROM plans_visit visit
        JOIN plans_course course ON course.id = visit.course_id AND course.ended_at IS NULL
        WHERE visit.patient_id = patient.id AND visit.kind = 'dosing' AND visit.cancelled_at IS NULL
      ) sessions
    )
    WHEN EXISTS (
      SELECT FROM intake_assessment assessment
      WHERE assessment.patient_id = patient.id
        AND NOT EXISTS (
          SELECT FROM intake_assessment newer
          WHERE newer.patient_id = patient.id AND newer.taken_at > assessment.taken_at
        )
        AND NOT EXISTS (SELECT FROM intake_decision decision WHERE decision.assessment_id = assessment.id)
    ) THEN 'deciding'
    ELSE coalesce(unused.phase, last.ended_how, 'joined')
  END
  FROM people_patient patient
  LEFT JOIN LATERAL (
    -- The newest decision, where no course has been started since; of two at one moment the better news.
    SELECT CASE decision.outcome
        WHEN 'suitable' THEN 'decided' WHEN 'needs_more' THEN 'asked' WHEN 'referred' THEN 'not_treated'
        WHEN 'declined' THEN 'not_treated'
      END AS phase
    FROM intake_decision decision
    WHERE decision.patient_id = patient.id
      AND NOT EXISTS (
        SELECT FROM intake_decision newer
        WHERE newer.patient_id = patient.id AND newer.decided_at > decision.decided_at
      )
      AND NOT EXISTS (
        SELECT FROM plans_course since WHERE since.patient_id = patient.id AND since.started_at >= decision.decided_at
      )
    ORDER BY array_position(ARRAY['suitable', 'needs_more', 'referred', 'declined']::varchar[], decision.outcome)
    LIMIT 1
  ) unused ON true
  LEFT JOIN LATERAL (
    SELECT nullif(course.ended_how, '') AS ended_how
    FROM plans_course course
    WHERE course.patient_id = patient.id
    ORDER BY course.started_at DESC, array_position(ARRAY['completed', 'dropped_out', 'stopped']::varchar[], course.ended_how)
    LIMIT 1
  ) last ON true
  WHERE patient.id = ANY(people)
$$;

-- Keep where these people stand. Two transactions about one person wait for each other on the person's record. The
-- counts are kept as additions and subtractions, so that nobody waits for a count.
CREATE FUNCTION treatment_stand(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM people_patient WHERE id = ANY(ids) ORDER BY id FOR NO KEY UPDATE;
  WITH moved AS MATERIALIZED (
    SELECT found.patient_id, found.site_id, found.phase, was.site_id AS site_was, was.phase AS phase_was
    FROM treatment_phases_of(ids) found
    LEFT JOIN treatment_patientstanding was ON was.patient_id = found.patient_id
    WHERE was.patient_id IS NULL OR (was.site_id, was.phase) IS DISTINCT FROM (found.site_id, found.phase)
  ),
  kept AS (
    INSERT INTO treatment_patientstanding AS kept (patient_id, site_id, phase)
    SELECT patient_id, site_id, phase FROM moved
    ON CONFLICT (patient_id) DO UPDATE SET site_id = excluded.site_id, phase = excluded.phase
  )
  INSERT INTO treatment_phasechange (site_id, phase, people)
  SELECT site_id, phase, sum(people)
  FROM (
    SELECT site_id, phase, 1 AS people FROM moved
    UNION ALL
    SELECT site_was, phase_was, -1 FROM moved WHERE phase_was IS NOT NULL
  ) change
  GROUP BY site_id, phase
  HAVING sum(people) <> 0;
END $$;

CREATE FUNCTION treatment_stand_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM treatment_stand(ARRAY(SELECT DISTINCT patient_id FROM added));
  RETURN NULL;
END $$;

CREATE FUNCTION treatment_stand_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM treatment_stand(ARRAY(SELECT id FROM added));
  RETURN NULL;
END $$;

CREATE FUNCTION treatment_stand_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM treatment_stand(ARRAY[NEW.id]);
  RETURN NULL;
END $$;

CREATE FUNCTION treatment_stand_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM treatment_stand(ARRAY(SELECT patient_id FROM plans_visit WHERE id = NEW.visit_id));
  RETURN NULL;
END $$;

CREATE TRIGGER treatment_stand_joined AFTER INSERT ON people_patient
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treatment_stand_joined();
CREATE TRIGGER treatment_stand_patients AFTER UPDATE ON people_patient
  FOR EACH ROW WHEN ((OLD.kind, OLD.site_id) IS DISTINCT FROM (NEW.kind, NEW.site_id))
  EXECUTE FUNCTION treatment_stand_patient();
CREATE TRIGGER treatment_stand_assessments AFTER INSERT ON intake_assessment
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treatment_stand_added();
CREATE TRIGGER treatment_stand_decisions AFTER INSERT ON intake_decision
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treatment_stand_added();
CREATE TRIGGER treatment_stand_courses AFTER INSERT ON plans_course
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treatment_stand_added();
CREATE TRIGGER treatment_stand_changed_courses AFTER UPDATE ON plans_course
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treatment_stand_added();
CREATE TRIGGER treatment_stand_visits AFTER INSERT ON plans_visit
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treatment_stand_added();
CREATE TRIGGER treatment_stand_changed_visits AFTER UPDATE ON plans_visit
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treatment_stand_added();
CREATE TRIGGER treatment_stand_events AFTER INSERT ON treatment_sessionevent
  FOR EACH ROW WHEN (NEW.kind IN ('dosed', 'discharged', 'cancelled') OR NEW.withdraws_id IS NOT NULL)
  EXECUTE FUNCTION treatment_stand_event();

DO $$
DECLARE
  batch uuid[];
  last uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
  LOOP
    batch := ARRAY(SELECT id FROM people_patient WHERE id > last ORDER BY id LIMIT 5000);
    EXIT WHEN batch = '{}';
    PERFORM treatment_stand(batch);
    last := batch[array_length(batch, 1)];
  END LOOP;
END $$;
