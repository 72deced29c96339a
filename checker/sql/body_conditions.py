"""The names of conditions that EXCEPTION handlers and RAISE know, with their SQLSTATEs, by class."""

from __future__ import annotations

from collections.abc import Sequence

from checker.sql.nodes import At, Raise
from checker.sql.tokens import Token, literal

_CLASSES = {
    "0A": "feature_not_supported:000",
    "21": "cardinality_violation:000",
    "22": (
        "data_exception:000 string_data_right_truncation:001 null_value_no_indicator_parameter:002 "
        "numeric_value_out_of_range:003 null_value_not_allowed:004 error_in_assignment:005 "
        "invalid_datetime_format:007 datetime_field_overflow:008 "
        "invalid_time_zone_displacement_value:009 escape_character_conflict:00B "
        "invalid_use_of_escape_character:00C invalid_escape_octet:00D "
        "zero_length_character_string:00F most_specific_type_mismatch:00G "
        "sequence_generator_limit_exceeded:00H not_an_xml_document:00L invalid_xml_document:00M "
        "invalid_xml_content:00N invalid_xml_comment:00S invalid_xml_processing_instruction:00T "
        "invalid_indicator_parameter_value:010 substring_error:011 division_by_zero:012 "
        "invalid_preceding_or_following_size:013 invalid_argument_for_ntile_function:014 "
        "interval_field_overflow:015 invalid_argument_for_nth_value_function:016 "
        "invalid_character_value_for_cast:018 invalid_escape_character:019 "
        "invalid_regular_expression:01B invalid_argument_for_logarithm:01E "
        "invalid_argument_for_power_function:01F invalid_argument_for_width_bucket_function:01G "
        "invalid_row_count_in_limit_clause:01W invalid_row_count_in_result_offset_clause:01X "
        "character_not_in_repertoire:021 indicator_overflow:022 invalid_parameter_value:023 "
        "unterminated_c_string:024 invalid_escape_sequence:025 string_data_length_mismatch:026 "
        "trim_error:027 array_subscript_error:02E invalid_tablesample_repeat:02G "
        "invalid_tablesample_argument:02H duplicate_json_object_key_value:030 "
        "invalid_argument_for_sql_json_datetime_function:031 invalid_json_text:032 "
        "invalid_sql_json_subscript:033 more_than_one_sql_json_item:034 no_sql_json_item:035 "
        "non_numeric_sql_json_item:036 non_unique_keys_in_a_json_object:037 "
        "singleton_sql_json_item_required:038 sql_json_array_not_found:039 "
        "sql_json_member_not_found:03A sql_json_number_not_found:03B sql_json_object_not_found:03C "
        "too_many_json_array_elements:03D too_many_json_object_members:03E "
        "sql_json_scalar_required:03F sql_json_item_cannot_be_cast_to_target_type:03G "
        "floating_point_exception:P01 invalid_text_representation:P02 "
        "invalid_binary_representation:P03 bad_copy_file_format:P04 untranslatable_character:P05 "
        "nonstandard_use_of_escape_character:P06"
    ),
    "23": (
        "integrity_constraint_violation:000 restrict_violation:001 not_null_violation:502 "
        "foreign_key_violation:503 unique_violation:505 check_violation:514 exclusion_violation:P01"
    ),
    "25": (
        "invalid_transaction_state:000 active_sql_transaction:001 "
        "branch_transaction_already_active:002 inappropriate_access_mode_for_branch_transaction:003 "
        "inappropriate_isolation_level_for_branch_transaction:004 "
        "no_active_sql_transaction_for_branch_transaction:005 read_only_sql_transaction:006 "
        "schema_and_data_statement_mixing_not_supported:007 "
        "held_cursor_requires_same_isolation_level:008 no_active_sql_transaction:P01 "
        "in_failed_sql_transaction:P02 idle_in_transaction_session_timeout:P03"
    ),
    "28": "invalid_authorization_specification:000 invalid_password:P01",
    "2B": "dependent_privilege_descriptors_still_exist:000 dependent_objects_still_exist:P01",
    "3D": "invalid_catalog_name:000",
    "3F": "invalid_schema_name:000",
    "40": (
        "transaction_rollback:000 serialization_failure:001 "
        "transaction_integrity_constraint_violation:002 statement_completion_unknown:003 "
        "deadlock_detected:P01"
    ),
    "42": (
        "syntax_error_or_access_rule_violation:000 insufficient_privilege:501 syntax_error:601 "
        "invalid_name:602 invalid_column_definition:611 name_too_long:622 duplicate_column:701 "
        "ambiguous_column:702 undefined_column:703 undefined_object:704 duplicate_object:710 "
        "duplicate_alias:712 duplicate_function:723 ambiguous_function:725 grouping_error:803 "
        "datatype_mismatch:804 wrong_object_type:809 invalid_foreign_key:830 cannot_coerce:846 "
        "undefined_function:883 generated_always:8C9 reserved_name:939 undefined_table:P01 "
        "undefined_parameter:P02 duplicate_cursor:P03 duplicate_database:P04 "
        "duplicate_prepared_statement:P05 duplicate_schema:P06 duplicate_table:P07 "
        "ambiguous_parameter:P08 ambiguous_alias:P09 invalid_column_reference:P10 "
        "invalid_cursor_definition:P11 invalid_database_definition:P12 "
        "invalid_function_definition:P13 invalid_prepared_statement_definition:P14 "
        "invalid_schema_definition:P15 invalid_table_definition:P16 invalid_object_definition:P17 "
        "indeterminate_datatype:P18 invalid_recursion:P19 windowing_error:P20 collation_mismatch:P21 "
        "indeterminate_collation:P22"
    ),
    "44": "with_check_option_violation:000",
    "53": (
        "insufficient_resources:000 disk_full:100 out_of_memory:200 too_many_connections:300 "
        "configuration_limit_exceeded:400"
    ),
    "54": (
        "program_limit_exceeded:000 statement_too_complex:001 too_many_columns:011 too_many_arguments:023"
    ),
    "55": (
        "object_not_in_prerequisite_state:000 object_in_use:006 cant_change_runtime_param:P02 "
        "lock_not_available:P03 unsafe_new_enum_value_usage:P04"
    ),
    "57": (
        "operator_intervention:000 query_canceled:014 admin_shutdown:P01 crash_shutdown:P02 "
        "cannot_connect_now:P03 database_dropped:P04 idle_session_timeout:P05"
    ),
    "P0": "plpgsql_error:000 raise_exception:001 no_data_found:002 too_many_rows:003 assert_failure:004",
}


def _states() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for head, names in _CLASSES.items():
        for row in names.split():
            name, tail = row.split(":")
            found[name] = (*found.get(name, ()), head + tail)
    return found


SQLSTATES = _states()
"""SQLSTATEs by condition name (`errcodes.txt` of PostgreSQL 15); one that ends in 000 stands for its whole class."""


def read_raise(tokens: Sequence[Token], at: At) -> Raise:
    """What stands behind RAISE [EXCEPTION]: a format, a condition, SQLSTATE and a code; USING may say another."""
    code, message = "P0001", "an exception of its own"
    head = tokens[0] if tokens else None
    if head is not None and head.kind == "string":
        message = literal(head)
    elif head is not None and head.upper == "SQLSTATE" and len(tokens) > 1 and tokens[1].kind == "string":
        code = literal(tokens[1])
    elif head is not None and head.upper != "USING":
        code = _state(head.text, code)
    for option, equals, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if equals.upper in ("=", ":=") and value.kind == "string":
            if option.upper == "ERRCODE":
                code = _state(literal(value), code)
            elif option.upper == "MESSAGE":
                message = literal(value)
    return Raise(code, message, at)


def _state(said: str, default: str) -> str:
    """The SQLSTATE of a condition's name, or the one that is said itself."""
    known = SQLSTATES.get(said.lower())
    return known[0] if known else said if len(said) == 5 and said.isalnum() else default
