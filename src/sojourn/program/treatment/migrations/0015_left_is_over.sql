-- A patient who left without a discharge has had their session: the function of 0006_standing.sql with that one line more.
CREATE OR REPLACE FUNCTION treatment_phases_of(people uuid[]) RETURNS TABLE (patient_id uuid, site_id uuid, phase varchar)
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
            WHERE event.visit_id = visit.id AND event.kind IN ('discharged', 'cancelled', 'left')
              AND NOT EXISTS (SELECT FROM treatment_sessionevent strike WHERE strike.withdraws_id = event.id)
              -- Who went out before the dose and came back has ended nothing.
              AND (event.kind <> 'left' OR EXISTS (
                SELECT FROM treatment_sessionevent dose
                WHERE dose.visit_id = visit.id AND dose.kind = 'dosed' AND dose.taken_at <= event.taken_at
                  AND NOT EXISTS (SELECT FROM treatment_sessionevent strike WHERE strike.withdraws_id = dose.id)
              ))
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

DROP TRIGGER treatment_stand_events ON treatment_sessionevent;
CREATE TRIGGER treatment_stand_events AFTER INSERT ON treatment_sessionevent
  FOR EACH ROW WHEN (NEW.kind IN ('dosed', 'discharged', 'cancelled', 'left') OR NEW.withdraws_id IS NOT NULL)
  EXECUTE FUNCTION treatment_stand_event();

SELECT treatment_stand(ARRAY(
  SELECT DISTINCT visit.patient_id FROM treatment_sessionevent event JOIN plans_visit visit ON visit.id = event.visit_id
  WHERE event.kind = 'left'
));
