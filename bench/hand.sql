-- The ten ids of performance.md, written by hand for DuckDB as fast as we know how: the yardstick of `python -m bench jiangsu`.
-- Date of the data 2020-12-31. Views `facility`, `visit` … lie on the Parquet files. Statements are split at semicolons.
-- Months are bits of one integer: what a facility was open for, reported, or has totals for is then one `&` away.
-- Column order of `places_wide`: u units, r reported, n numerator, d denominator, per id.

-- Who has sent what: counties their registers, facilities their yearly tables, and the months of the two monthly ones.
CREATE TEMP TABLE sent AS
SELECT unit,
       bool_or("table" = 'facility') AS facility,
       bool_or("table" = 'assessment') AS assessment,
       bool_or("table" = 'post') AS post,
       bool_or("table" = 'technique_capability') AS technique,
       bool_or("table" = 'tcm_hall') AS hall,
       bool_or("table" = 'platform_connection') AS platform,
       coalesce(bit_or(bit) FILTER ("table" = 'visit'), 0) AS visits,
       coalesce(bit_or(bit) FILTER ("table" = 'prescription'), 0) AS prescriptions
FROM (
    SELECT unit, "table",
           CASE WHEN length(period) = 7 THEN 1 << (CAST(substring(period, 6, 2) AS INTEGER) - 1) END AS bit
    FROM reporting
    WHERE status IN ('reported', 'late', 'reported_nothing')
      AND (
          (period = '2020' AND "table" IN ('facility', 'assessment', 'post', 'technique_capability', 'tcm_hall',
                                           'platform_connection'))
          OR (period BETWEEN '2020-01' AND '2020-12' AND "table" IN ('visit', 'prescription'))
      )
)
GROUP BY unit;

-- Facilities there on at least one day of the year: their months, and the reports that stand behind them.
CREATE TEMP TABLE f AS
SELECT x.facility, x.place,
       x.kind IN ('community_centre', 'township_hospital') AS centre,
       x.kind = 'village_clinic' AND NOT coalesce(x.branch_room, false) AS clinic,
       x.kind IN ('community_centre', 'township_hospital', 'subdistrict_hospital', 'community_station',
                  'village_clinic') AS grassroots,
       NOT coalesce(x.branch_room, false) AS single,
       x.sponsor_level IN ('national', 'provincial', 'prefecture', 'county', 'township', 'village',
                           'private') AS sponsored,
       coalesce(x.mainly_tcm OR x.herb_cabinet OR x.health_management, false) AS flagged,
       coalesce(x.valid_to >= DATE '2020-12-31', true) AS stands,
       (1 << CASE WHEN x.valid_to <= DATE '2020-12-31' THEN month(x.valid_to) ELSE 12 END)
       - (1 << (CASE WHEN x.valid_from >= DATE '2020-01-01' THEN month(x.valid_from) ELSE 1 END - 1)) AS open,
       coalesce(c.facility, false) AS known,
       coalesce(c.facility AND c.assessment, false) AS assessed,
       coalesce(s.post, false) AS post,
       coalesce(s.technique, false) AS technique,
       coalesce(s.hall, false) AS hall,
       coalesce(s.visits, 0) AS visits,
       coalesce(s.prescriptions, 0) AS prescriptions
FROM facility AS x
LEFT JOIN sent AS c ON c.unit = left(x.place, 6)
LEFT JOIN sent AS s ON s.unit = x.facility
WHERE coalesce(x.valid_from <= DATE '2020-12-31', true) AND coalesce(x.valid_to >= DATE '2020-01-01', true);

-- Visits of the months that are reported.
CREATE TEMP TABLE visit_events AS
SELECT f.facility, sum(e.n) AS n, sum(e.tcm) AS tcm, sum(e.non_drug) AS non_drug
FROM (
    SELECT facility, month(date) AS m, count(*) AS n, count(*) FILTER (tcm) AS tcm,
           count(*) FILTER (non_drug) AS non_drug
    FROM visit
    WHERE date BETWEEN DATE '2020-01-01' AND DATE '2020-12-31'
    GROUP BY ALL
) AS e
JOIN f ON f.facility = e.facility
WHERE f.known AND f.grassroots AND (f.open & f.visits & (1 << (e.m - 1))) <> 0
GROUP BY ALL;

CREATE TEMP TABLE prescription_events AS
SELECT f.facility, sum(e.n) AS n, sum(e.tcm) AS tcm
FROM (
    SELECT facility, month(date) AS m, count(*) AS n,
           count(*) FILTER (kind IN ('herbal_pieces', 'granules', 'preparation', 'patent_medicine')) AS tcm
    FROM prescription
    WHERE date BETWEEN DATE '2020-01-01' AND DATE '2020-12-31'
    GROUP BY ALL
) AS e
JOIN f ON f.facility = e.facility
WHERE f.known AND f.centre AND (f.open & f.prescriptions & (1 << (e.m - 1))) <> 0
GROUP BY ALL;

-- Totals stand in for a month without report where both items of a ratio are there; for the year likewise.
CREATE TEMP TABLE totals AS
SELECT facility, month,
       sum(value) FILTER (item = 'visits') AS n,
       sum(value) FILTER (item = 'tcm_visits') AS tcm,
       sum(value) FILTER (item = 'non_drug_visits') AS non_drug
FROM facility_total
WHERE year = 2020 AND item IN ('visits', 'tcm_visits', 'non_drug_visits')
GROUP BY ALL;

CREATE TEMP TABLE month_totals AS
SELECT f.facility,
       count(t.n + t.tcm) AS tcm_months,
       sum(t.n) FILTER (t.tcm IS NOT NULL) AS tcm_n,
       sum(t.tcm) FILTER (t.n IS NOT NULL) AS tcm,
       count(t.n + t.non_drug) AS non_drug_months,
       sum(t.n) FILTER (t.non_drug IS NOT NULL) AS non_drug_n,
       sum(t.non_drug) FILTER (t.n IS NOT NULL) AS non_drug
FROM totals AS t
JOIN f ON f.facility = t.facility
WHERE t.month IS NOT NULL AND f.known AND f.grassroots
  AND (f.open & ~f.visits & (1 << (t.month - 1))) <> 0
GROUP BY ALL;

-- Per facility: techniques, posts, the last hospital grade if it is still valid, a hall.
CREATE TEMP TABLE techniques AS
SELECT t.facility,
       count(DISTINCT t.technique) FILTER (t.proficiency IN ('standard', 'proficient')) AS techniques,
       count(DISTINCT k.category) FILTER (t.proficiency IN ('standard', 'proficient')) AS categories
FROM technique_capability AS t
LEFT JOIN technique AS k ON k.technique = t.technique
WHERE coalesce(t.valid_from <= DATE '2020-12-31', true) AND coalesce(t.valid_to >= DATE '2020-12-31', true)
GROUP BY t.facility;

CREATE TEMP TABLE posts AS
SELECT p.facility, count(*) AS doctors, count(*) FILTER (w.category = 'tcm') AS tcm,
       count(*) FILTER (w.category = 'tcm' AND w.gp) AS tcm_gp
FROM post AS p
JOIN practitioner AS w ON w.practitioner = p.practitioner
WHERE p.main AND w.licence IN ('physician', 'assistant_physician')
  AND coalesce(p.valid_from <= DATE '2020-12-31', true) AND coalesce(p.valid_to >= DATE '2020-12-31', true)
GROUP BY p.facility;

CREATE TEMP TABLE grades AS
SELECT facility, last.result AS result
FROM (
    SELECT thing AS facility,
           arg_max({'result': coalesce(result, ''), 'until': valid_until}, (date, assessment)) AS last
    FROM assessment
    WHERE standard = 'hospital_grade' AND date <= DATE '2020-12-31'
    GROUP BY thing
)
WHERE coalesce(last.until >= DATE '2020-12-31', true);

CREATE TEMP TABLE halls AS
SELECT DISTINCT facility
FROM tcm_hall
WHERE coalesce(valid_from <= DATE '2020-12-31', true) AND coalesce(valid_to >= DATE '2020-12-31', true);

-- One row per facility with what each id takes from it, then per place; halls are units of their own.
CREATE TEMP TABLE places_wide AS
WITH cells AS (
    SELECT f.*, bit_count(f.open) AS months,
           CASE WHEN f.known THEN bit_count(f.open & f.visits) ELSE 0 END + coalesce(t.tcm_months, 0) AS tcm_months,
           coalesce(e.tcm, 0) + coalesce(t.tcm, 0) AS tcm, coalesce(e.n, 0) + coalesce(t.tcm_n, 0) AS tcm_n,
           CASE WHEN f.known THEN bit_count(f.open & f.visits) ELSE 0 END + coalesce(t.non_drug_months, 0)
               AS non_drug_months,
           coalesce(e.non_drug, 0) + coalesce(t.non_drug, 0) AS non_drug,
           coalesce(e.n, 0) + coalesce(t.non_drug_n, 0) AS non_drug_n,
           CASE WHEN f.known THEN bit_count(f.open & f.prescriptions) ELSE 0 END AS prescription_months,
           coalesce(p.n, 0) AS prescription_n, coalesce(p.tcm, 0) AS prescription_tcm,
           y.n AS year_n, y.tcm AS year_tcm, y.non_drug AS year_non_drug,
           f.known AND y.n IS NOT NULL AND y.tcm IS NOT NULL AS year_tcm_known,
           f.known AND y.n IS NOT NULL AND y.non_drug IS NOT NULL AS year_non_drug_known,
           coalesce(q.techniques, 0) AS techniques, coalesce(q.categories, 0) AS categories,
           f.flagged OR q.facility IS NOT NULL AS serves,
           coalesce(w.doctors, 0) AS doctors, coalesce(w.tcm, 0) AS tcm_doctors, coalesce(w.tcm_gp, 0) AS tcm_gp,
           h.facility IS NOT NULL AS has_hall,
           f.centre AND f.stands AND f.sponsored
           AND coalesce(g.result, 'level_0') IN ('level_0', 'level_1', 'hospital_1a', 'level_2', 'hospital_2b',
                                                 'hospital_2a', 'level_3', 'hospital_3b', 'hospital_3a') AS graded
    FROM f
    LEFT JOIN visit_events AS e ON e.facility = f.facility
    LEFT JOIN prescription_events AS p ON p.facility = f.facility
    LEFT JOIN month_totals AS t ON t.facility = f.facility
    LEFT JOIN totals AS y ON y.facility = f.facility AND y.month IS NULL
    LEFT JOIN techniques AS q ON q.facility = f.facility
    LEFT JOIN posts AS w ON w.facility = f.facility
    LEFT JOIN halls AS h ON h.facility = f.facility
    LEFT JOIN grades AS g ON g.facility = f.facility
),
by_facility AS (
    SELECT place,
           sum(months) FILTER (grassroots) AS u0,
           sum(CASE WHEN tcm_months > 0 THEN tcm_months WHEN year_tcm_known THEN months ELSE 0 END)
               FILTER (grassroots) AS r0,
           sum(CASE WHEN tcm_months > 0 THEN tcm WHEN year_tcm_known THEN year_tcm ELSE 0 END)
               FILTER (grassroots) AS n0,
           sum(CASE WHEN tcm_months > 0 THEN tcm_n WHEN year_tcm_known THEN year_n ELSE 0 END)
               FILTER (grassroots) AS d0,
           sum(months) FILTER (centre) AS u1, sum(prescription_months) FILTER (centre) AS r1,
           sum(prescription_tcm) FILTER (centre) AS n1, sum(prescription_n) FILTER (centre) AS d1,
           sum(months) FILTER (centre) AS u2,
           sum(CASE WHEN non_drug_months > 0 THEN non_drug_months WHEN year_non_drug_known THEN months ELSE 0 END)
               FILTER (centre) AS r2,
           sum(CASE WHEN non_drug_months > 0 THEN non_drug WHEN year_non_drug_known THEN year_non_drug ELSE 0 END)
               FILTER (centre) AS n2,
           sum(CASE WHEN non_drug_months > 0 THEN non_drug_n WHEN year_non_drug_known THEN year_n ELSE 0 END)
               FILTER (centre) AS d2,
           count(*) FILTER (centre AND single AND stands) AS u3,
           count(*) FILTER (centre AND single AND stands AND known AND technique) AS r3,
           count(*) FILTER (centre AND single AND stands AND known AND technique AND categories >= 6
                            AND techniques >= 15) AS n3,
           r3 AS d3,
           count(*) FILTER (clinic AND stands) AS u4,
           count(*) FILTER (clinic AND stands AND known AND technique) AS r4,
           count(*) FILTER (clinic AND stands AND known AND technique AND categories >= 4 AND techniques >= 6) AS n4,
           r4 AS d4,
           u4 AS u5,
           count(*) FILTER (clinic AND stands AND known AND technique AND post) AS r5,
           count(*) FILTER (clinic AND stands AND known AND technique AND post AND serves) AS n5,
           r5 AS d5,
           count(*) FILTER (centre AND stands) AS u6,
           count(*) FILTER (centre AND stands AND known AND hall) AS r6,
           count(*) FILTER (centre AND stands AND known AND hall AND has_hall) AS n6,
           r6 AS d6,
           count(*) FILTER (graded) AS u8,
           count(*) FILTER (graded AND assessed AND post) AS r8,
           sum(tcm_doctors) FILTER (graded AND assessed AND post) AS n8,
           sum(doctors) FILTER (graded AND assessed AND post) AS d8,
           count(*) FILTER (stands) AS u9,
           count(*) FILTER (stands AND known AND post) AS r9,
           sum(tcm_gp) FILTER (stands AND known AND post) AS n9,
           0 AS d9
    FROM cells
    GROUP BY place
),
connected AS (
    SELECT DISTINCT hall
    FROM platform_connection
    WHERE coalesce(connected_on <= DATE '2020-12-31', true) AND coalesce(disconnected_on >= DATE '2020-12-31', true)
      AND last_data BETWEEN DATE '2020-12-02' AND DATE '2020-12-31'
),
by_hall AS (
    SELECT x.place, count(*) AS u7,
           count(*) FILTER (x.known AND s.hall AND s.platform) AS r7,
           count(*) FILTER (x.known AND s.hall AND s.platform AND c.hall IS NOT NULL) AS n7,
           r7 AS d7
    FROM tcm_hall AS h
    JOIN f AS x ON x.facility = h.facility
    LEFT JOIN sent AS s ON s.unit = h.facility
    LEFT JOIN connected AS c ON c.hall = h.hall
    WHERE x.centre AND x.stands
      AND coalesce(h.valid_from <= DATE '2020-12-31', true) AND coalesce(h.valid_to >= DATE '2020-12-31', true)
    GROUP BY x.place
)
SELECT * FROM by_facility UNION ALL BY NAME SELECT * FROM by_hall;

-- fetch: numbers
SELECT left(place, level) AS area,
       coalesce(sum(u0), 0)::BIGINT, coalesce(sum(r0), 0)::BIGINT, coalesce(sum(n0), 0)::BIGINT, coalesce(sum(d0), 0)::BIGINT,
       coalesce(sum(u1), 0)::BIGINT, coalesce(sum(r1), 0)::BIGINT, coalesce(sum(n1), 0)::BIGINT, coalesce(sum(d1), 0)::BIGINT,
       coalesce(sum(u2), 0)::BIGINT, coalesce(sum(r2), 0)::BIGINT, coalesce(sum(n2), 0)::BIGINT, coalesce(sum(d2), 0)::BIGINT,
       coalesce(sum(u3), 0)::BIGINT, coalesce(sum(r3), 0)::BIGINT, coalesce(sum(n3), 0)::BIGINT, coalesce(sum(d3), 0)::BIGINT,
       coalesce(sum(u4), 0)::BIGINT, coalesce(sum(r4), 0)::BIGINT, coalesce(sum(n4), 0)::BIGINT, coalesce(sum(d4), 0)::BIGINT,
       coalesce(sum(u5), 0)::BIGINT, coalesce(sum(r5), 0)::BIGINT, coalesce(sum(n5), 0)::BIGINT, coalesce(sum(d5), 0)::BIGINT,
       coalesce(sum(u6), 0)::BIGINT, coalesce(sum(r6), 0)::BIGINT, coalesce(sum(n6), 0)::BIGINT, coalesce(sum(d6), 0)::BIGINT,
       coalesce(sum(u7), 0)::BIGINT, coalesce(sum(r7), 0)::BIGINT, coalesce(sum(n7), 0)::BIGINT, coalesce(sum(d7), 0)::BIGINT,
       coalesce(sum(u8), 0)::BIGINT, coalesce(sum(r8), 0)::BIGINT, coalesce(sum(n8), 0)::BIGINT, coalesce(sum(d8), 0)::BIGINT,
       coalesce(sum(u9), 0)::BIGINT, coalesce(sum(r9), 0)::BIGINT, coalesce(sum(n9), 0)::BIGINT, coalesce(sum(d9), 0)::BIGINT
FROM places_wide, (VALUES (2), (4), (6), (9), (12)) AS l (level)
WHERE length(place) >= level
GROUP BY level, area;

-- fetch: residents
SELECT left(g.code, level) AS area, CASE WHEN count(*) = count(p.residents) THEN sum(p.residents) END
FROM (SELECT code, kind FROM region WHERE level = 6) AS g
JOIN (VALUES (2), (4), (6)) AS l (level) ON level = 6 OR g.kind IN ('real', 'without_districts')
LEFT JOIN population AS p ON p.place = g.code AND p.year = 2020
GROUP BY level, area
UNION ALL
SELECT place, CASE WHEN count(*) = count(residents) THEN sum(residents) END
FROM population
WHERE year = 2020 AND length(place) IN (9, 12)
GROUP BY place;

-- fetch: counties
SELECT left(g.code, level) AS area, count(*) AS counties, count(*) FILTER (s.facility) AS sent,
       count(*) FILTER (s.facility AND s.assessment) AS assessed
FROM (SELECT code, kind FROM region WHERE level = 6) AS g
JOIN (VALUES (2), (4), (6)) AS l (level) ON level = 6 OR g.kind IN ('real', 'without_districts')
LEFT JOIN sent AS s ON s.unit = g.code
GROUP BY level, area;
