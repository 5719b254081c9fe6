-- What became of them at each window, by site and prescriber: as many rows as there are groups, however many people.
, dosed AS (
  SELECT here.*, dose.first_dose_on
  FROM here
  LEFT JOIN LATERAL (
    SELECT min((event.taken_at AT TIME ZONE here.timezone)::date) AS first_dose_on
    FROM plans_visit visit
    JOIN treatment_sessionevent event ON event.visit_id = visit.id AND event.kind = 'dosed'
    WHERE visit.course_id = here.id
      AND NOT EXISTS (SELECT FROM treatment_sessionevent strike WHERE strike.withdraws_id = event.id)
      AND (event.taken_at AT TIME ZONE here.timezone)::date <= %(as_of)s
  ) dose ON true
),
based AS (
  SELECT dosed.*, before.value AS baseline
  FROM dosed
  LEFT JOIN LATERAL (
    SELECT response.value, response.answered_on
    FROM measures_response response
    WHERE response.patient_id = dosed.patient_id AND response.instrument_id = %(instrument)s
      AND response.value IS NOT NULL AND NOT response.prorated
      AND NOT EXISTS (SELECT FROM measures_response later WHERE later.corrects_id = response.id)
      AND response.answered_on <= coalesce(dosed.first_dose_on, %(as_of)s)
    ORDER BY response.answered_on DESC, response.answered_at DESC
    LIMIT 1
  ) before ON dosed.first_dose_on IS NULL OR before.answered_on >= dosed.first_dose_on - %(baseline_days)s::int
),
windows AS (
  SELECT * FROM unnest(%(ids)s::text[], %(targets)s::int[], %(opens)s::int[], %(closes)s::int[])
    AS window_of (id, target, opens, closes)
),
judged AS (
  SELECT windows.id AS visit, based.site_id, based.prescriber_id, based.baseline, based.first_dose_on,
    based.baseline >= %(floor)s AS can_respond,
    coalesce(based.first_dose_on + windows.closes <= %(as_of)s, false) AS reached,
    CASE WHEN based.first_dose_on + windows.closes <= %(as_of)s THEN inside.value END AS score
  FROM based
  CROSS JOIN windows
  LEFT JOIN LATERAL (
    SELECT response.value
    FROM measures_response response
    WHERE response.patient_id = based.patient_id AND response.instrument_id = %(instrument)s
      AND response.value IS NOT NULL AND NOT response.prorated
      AND NOT EXISTS (SELECT FROM measures_response later WHERE later.corrects_id = response.id)
      AND response.answered_on BETWEEN based.first_dose_on + windows.opens AND based.first_dose_on + windows.closes
    ORDER BY abs(response.answered_on - based.first_dose_on - windows.target), response.answered_on,
      response.answered_at DESC
    LIMIT 1
  ) inside ON true
)
SELECT visit, site_id, prescriber_id,
  count(*) AS enrolled,
  count(*) FILTER (WHERE can_respond) AS baseline,
  count(*) FILTER (WHERE can_respond AND first_dose_on IS NOT NULL) AS dosed,
  count(*) FILTER (WHERE can_respond AND reached) AS reached,
  count(*) FILTER (WHERE can_respond AND reached AND score IS NOT NULL) AS observed,
  count(*) FILTER (WHERE can_respond AND reached
    AND 100 * (baseline - score) >= %(response_percent)s * baseline) AS responded,
  count(*) FILTER (WHERE can_respond AND reached AND score < %(remission_below)s) AS remitted,
  count(*) FILTER (WHERE can_respond AND reached AND score - baseline >= %(reliable)s) AS worse,
  count(*) FILTER (WHERE baseline IS NULL AND reached) AS without_baseline,
  count(*) FILTER (WHERE baseline IS NOT NULL AND reached AND score IS NOT NULL) AS seen_at_all,
  count(*) FILTER (WHERE baseline IS NOT NULL AND reached AND score - baseline >= %(reliable)s) AS worse_at_all,
  coalesce(sum(baseline) FILTER (WHERE can_respond AND reached AND score IS NOT NULL), 0) AS baselines_observed,
  coalesce(sum(baseline) FILTER (WHERE can_respond AND reached AND score IS NULL), 0) AS baselines_missing
FROM judged
GROUP BY visit, site_id, prescriber_id
