-- Everybody whose first course matches the filters: a person counts once. {visible} is put in by the policy.
WITH first_course AS (
  SELECT DISTINCT ON (course.patient_id)
    course.id, course.patient_id, course.site_id, course.prescriber_id, course.protocol_id, site.timezone,
    (course.started_at AT TIME ZONE site.timezone)::date AS started_on
  FROM plans_course course
  JOIN people_site site ON site.id = course.site_id
  WHERE course.patient_id IN ({visible})
  ORDER BY course.patient_id, course.started_at, course.id
),
here AS (
  SELECT * FROM first_course
  WHERE started_on <= %(as_of)s
    AND (%(protocols)s::text[] IS NULL OR protocol_id = ANY(%(protocols)s))
    AND (%(site)s::uuid IS NULL OR site_id = %(site)s)
    AND (%(since)s::date IS NULL OR started_on >= %(since)s)
    AND (%(until)s::date IS NULL OR started_on <= %(until)s)
)
