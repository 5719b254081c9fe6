-- What became of everybody, by site and prescriber: as many rows as there are groups, however many people. What is counted
-- of a window ({of_people}, {of_scores}) is written out for each, so that one pass over the people counts all of them. A score
-- outside the scale is none.
WITH people AS (
  SELECT site_id, prescriber_id, count(*) AS enrolled, {of_people}
  FROM ({people}) person
  WHERE {asked}
  GROUP BY site_id, prescriber_id
),
scored AS (
  SELECT site_id, prescriber_id,
    count(*) FILTER (WHERE baseline >= %(floor)s) AS baseline,
    count(*) FILTER (WHERE baseline >= %(floor)s AND first_dose_on IS NOT NULL) AS dosed, {of_scores}
  FROM ({scores}) person
  WHERE baseline BETWEEN %(low)s AND %(high)s AND {asked}
  GROUP BY site_id, prescriber_id
)
SELECT site_id, prescriber_id, enrolled, coalesce(scored.baseline, 0), coalesce(scored.dosed, 0), {results}
FROM people
LEFT JOIN scored USING (site_id, prescriber_id)
