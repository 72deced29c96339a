"""What is known about functions by their name: does a call give another value for every row?

PostgreSQL: `provolatile` in `pg_proc` of 15.18, with the functions of the contrib modules pgcrypto and uuid-ossp
and those that came later (`uuidv7` in 18, `random_normal` in 16). SQLite: the `deterministic` flag of
`pragma_function_list` (3.40). `now()` is stable: one value for a whole statement.
"""

from __future__ import annotations

VOLATILE = frozenset(
    "array_sample array_shuffle bernoulli changes clock_timestamp currval gen_random_bytes gen_random_uuid gen_salt"
    " last_insert_rowid lastval nextval pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_cancel_backend"
    " pg_current_wal_lsn pg_database_size pg_notify pg_relation_size pg_sleep pg_sleep_for pg_sleep_until"
    " pg_table_size pg_terminate_backend pg_total_relation_size pg_try_advisory_lock pg_try_advisory_xact_lock"
    " random random_normal randomblob set_config setseed setval timeofday total_changes txid_status"
    " uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuidv4 uuidv7".split()
)

STEADY = frozenset(
    "abs acos acosd acosh age any_value array_agg array_append array_cat array_dims array_fill array_length"
    " array_lower array_ndims array_position array_positions array_prepend array_remove array_replace"
    " array_to_json array_to_string array_upper ascii asin asind asinh atan atan2 atan2d atand atanh avg"
    " bit_and bit_count bit_length bit_or bool_and bool_or bound_box box broadcast btrim cardinality cbrt ceil"
    " ceiling center char char_length character_length chr circle coalesce col_description concat concat_ws convert"
    " convert_from convert_to corr cos cosd cosh cot cotd count covar_pop covar_samp crypt cume_dist"
    " current_catalog current_database current_date current_role current_schema current_schemas current_setting"
    " current_time current_timestamp current_user date date_bin date_part date_trunc datetime decode degrees"
    " dense_rank diameter digest div encode encrypt decrypt enum_first enum_last enum_range every exp extract"
    " factorial family first_value floor format format_type gcd generate_series generate_subscripts get_bit get_byte"
    " glob greatest group_concat grouping has_column_privilege has_schema_privilege has_table_privilege height hex"
    " hmac host hostmask ifnull iif inet_client_addr initcap instr int4range int8range isclosed isempty isfinite"
    " isopen json json_agg json_array json_array_elements json_array_elements_text json_array_length"
    " json_build_array json_build_object json_each json_each_text json_extract json_extract_path"
    " json_extract_path_text json_group_array json_group_object json_insert json_object json_object_agg"
    " json_object_keys json_patch json_populate_record json_populate_recordset json_quote json_remove json_replace"
    " json_set json_strip_nulls json_to_record json_to_recordset json_type json_typeof json_valid jsonb jsonb_agg"
    " jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object"
    " jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object"
    " jsonb_object_agg jsonb_object_keys jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array"
    " jsonb_path_query_first jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax"
    " jsonb_strip_nulls jsonb_to_record jsonb_to_recordset jsonb_typeof julianday justify_days justify_hours"
    " justify_interval lag last_value lcm lead least left length like likelihood likely line ln localtime"
    " localtimestamp log log10 log2 lower lower_inc lower_inf lpad lseg ltrim macaddr8_set7bit make_date"
    " make_interval make_time make_timestamp make_timestamptz masklen max md5 merge min min_scale mod mode multirange"
    " netmask network normalize now npoints nth_value ntile nullif num_nonnulls num_nulls numrange"
    " obj_description octet_length overlaps overlay parse_ident path percent_rank percentile_cont"
    " percentile_disc pg_backend_pid pg_client_encoding pg_column_size pg_get_constraintdef pg_get_expr"
    " pg_get_functiondef pg_get_indexdef pg_get_serial_sequence pg_get_triggerdef pg_get_userbyid pg_get_viewdef"
    " pg_has_role pg_size_pretty pg_table_is_visible pg_typeof phraseto_tsquery pi plainto_tsquery point polygon popen"
    " position pow power printf quote quote_ident quote_literal quote_nullable radians radius range_agg range_merge"
    " rank regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array"
    " regexp_split_to_table regexp_substr regr_slope repeat replace reverse right round row row_number"
    " row_security_active row_to_json rpad rtrim scale session_user set_bit set_byte set_masklen setweight sha224 sha256"
    " sha384 sha512 shobj_description sign similarity sin sind sinh slope soundex split_part sqrt starts_with"
    " statement_timestamp stddev stddev_pop stddev_samp strftime string_agg string_to_array string_to_table strip"
    " strpos substr substring sum tan tand tanh text time timediff timezone to_ascii to_char to_date to_hex to_json"
    " to_jsonb to_number to_regclass to_regproc to_regrole to_regtype to_timestamp to_tsquery to_tsvector total"
    " transaction_timestamp translate treat trim trim_array trim_scale trunc ts_delete ts_filter ts_headline ts_lexize"
    " ts_rank ts_rank_cd tsrange tstzrange tsvector_to_array txid_current typeof unaccent unicode unicode_assigned"
    " unistr unixepoch unlikely unnest upper upper_inc upper_inf user uuid_generate_v3 uuid_generate_v5 uuid_nil"
    " uuid_ns_dns uuid_ns_url values var_pop var_samp variance version websearch_to_tsquery width width_bucket"
    " xmlagg xmlattributes xmlcomment xmlconcat xmlelement xmlexists xmlforest xmlparse xmlpi xmlroot xmlserialize xpath"
    " xpath_exists zeroblob".split()
)


def is_volatile(name: str, builtin: bool = True) -> bool | None:
    """Whether a function of that name (lower case) is volatile; None where nobody could say.

    `builtin` is False where the call names a schema of the user's: only the known volatile names hold there.
    """
    if name in VOLATILE:
        return True
    return False if builtin and name in STEADY else None
