from app.arithmetic.finding import Severity


def test_severities_are_named_as_the_contract_names_them() -> None:
    names = [str(severity) for severity in Severity]

    assert names == ["info", "warning", "error"]
