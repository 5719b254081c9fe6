-- What became of everybody at each window, by site and prescriber: as many rows as there are groups, however many people.
WITH windows AS (
  SELECT * FROM unnest(%(ids)s::text[], %(places)s::int[], %(closes)s::int[]) AS window_of (id, place, closes)
),
people AS (
  SELECT windows.id AS visit, person.site_id, person.prescriber_id,
    count(*) AS enrolled,
    count(*) FILTER (WHERE person.first_dose_on + windows.closes <= %(as_of)s) AS reached
  FROM ({people}) person
  CROSS JOIN windows
  WHERE {asked}
  GROUP BY 1, 2, 3
),
judged AS (
  SELECT windows.id AS visit, person.site_id, person.prescriber_id, person.baseline,
    person.baseline >= coalesce(%(floor)s::int, person.baseline) AS can_respond,
    person.first_dose_on IS NOT NULL AS dosed,
    person.first_dose_on + windows.closes <= %(as_of)s AS reached,
    person.scores[windows.place] AS score
  FROM ({scores}) person
  CROSS JOIN windows
  WHERE person.baseline IS NOT NULL AND {asked}
),
scored AS (
  SELECT visit, site_id, prescriber_id,
    count(*) FILTER (WHERE can_respond) AS baseline,
    count(*) FILTER (WHERE can_respond AND dosed) AS dosed,
    count(*) FILTER (WHERE can_respond AND reached) AS reached,
    count(*) FILTER (WHERE can_respond AND reached AND score IS NOT NULL) AS observed,
    count(*) FILTER (WHERE can_respond AND reached AND baseline > 0
      AND 100 * (baseline - score) >= %(response_percent)s::int * baseline) AS responded,
    count(*) FILTER (WHERE can_respond AND reached AND score < %(remission_below)s::int) AS remitted,
    count(*) FILTER (WHERE can_respond AND reached AND score - baseline >= %(reliable)s::int) AS worse,
    count(*) FILTER (WHERE reached) AS known_at_all,
    count(*) FILTER (WHERE reached AND score IS NOT NULL) AS seen_at_all,
    count(*) FILTER (WHERE reached AND score - baseline >= %(reliable)s::int) AS worse_at_all,
    sum(baseline) FILTER (WHERE can_respond AND reached AND score IS NOT NULL) AS baselines_observed,
    sum(baseline) FILTER (WHERE can_respond AND reached AND score IS NULL) AS baselines_missing
  FROM judged
  GROUP BY visit, site_id, prescriber_id
)
SELECT visit, site_id, prescriber_id, people.enrolled, coalesce(scored.baseline, 0), coalesce(scored.dosed, 0),
  coalesce(scored.reached, 0), coalesce(scored.observed, 0), coalesce(scored.responded, 0), coalesce(scored.remitted, 0),
  coalesce(scored.worse, 0), people.reached - coalesce(scored.known_at_all, 0), coalesce(scored.seen_at_all, 0),
  coalesce(scored.worse_at_all, 0), coalesce(scored.baselines_observed, 0), coalesce(scored.baselines_missing, 0)
FROM people
LEFT JOIN scored USING (visit, site_id, prescriber_id)
