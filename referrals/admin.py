"""Django's admin: the clinic, its people and specialties. Nothing clinical is registered here."""

from django.contrib import admin

from referrals.models import Clinic, Membership, Person, RetentionRule, SpecialistProfile, Specialty


@admin.register(Clinic)
class ClinicAdmin(admin.ModelAdmin):
    list_display = ("name", "phone", "zone")

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    """People change their own passwords; nobody sees or sets one here."""

    list_display = ("email", "name", "is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "phone", "zone", "is_active", "is_staff", "groups", "user_permissions")
    readonly_fields = ("email",)
    filter_horizontal = ("groups", "user_permissions")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """To look at; inviting and ending are acts of the lead, with their own audit events."""

    list_display = ("person", "clinic", "role", "since", "ended_at")
    list_filter = ("role",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Specialty)
class SpecialtyAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "covers")


@admin.register(SpecialistProfile)
class SpecialistProfileAdmin(admin.ModelAdmin):
    list_display = ("person", "specialty", "taking_cases")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(RetentionRule)
class RetentionRuleAdmin(admin.ModelAdmin):
    """Days that were reckoned by an earlier rule stay; new ones follow the rule as it is."""

    list_display = ("clinic", "record_class", "years", "minors_until", "basis", "checked_on")
    list_filter = ("clinic",)
